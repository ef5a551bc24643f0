package main

import (
	"bytes"
	"encoding/csv"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

// misleading is text that does something to who reads it: it steers a terminal, turns text
// around, is a formula, tells somebody.
const misleading = "=@org/team\x1b]0;x\x07\x1b[2J\u009b\x7f\u202e\u2066\u061c\u200b\ufeff\u00ad\u2028\U000e0041\r\n<script>"

// spoil puts it before every text of a record, so that a member which a later version adds
// is there too.
func spoil(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && name != "Encoded" {
			v.SetString(misleading + v.String())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[time.Time]() {
				spoil(v.Field(i), v.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), name)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), name)
		}
	}
}

// Whatever text a record has, no format passes it on with an effect.
func TestMisleadingText(t *testing.T) {
	t.Parallel()
	record, err := results.Load(filepath.Join("..", "..", "results", "testdata", "sample"))
	if err != nil {
		t.Fatal(err)
	}
	spoil(reflect.ValueOf(&record).Elem(), "")
	doc, err := report.NewDocument(record)
	if err != nil {
		t.Fatal(err)
	}
	files, err := render(formats, doc, true)
	if err != nil {
		t.Fatal(err)
	}
	mention := regexp.MustCompile(`(^|[^0-9A-Za-z])@[0-9A-Za-z]`)
	for _, f := range files {
		if strings.HasSuffix(f.name, ".png") {
			continue
		}
		if !strings.Contains(string(f.data), "org") {
			t.Errorf("%s: the text isn't there at all", f.name)
		}
		for line := range strings.Lines(string(f.data)) {
			line = strings.TrimSuffix(line, "\n")
			if i := strings.IndexFunc(strings.ReplaceAll(line, "\t", " "), results.Invisible); i >= 0 {
				t.Fatalf("%s: %q", f.name, line[max(0, i-50):min(len(line), i+50)])
			}
			if strings.HasSuffix(f.name, ".md") && mention.MatchString(line) {
				t.Fatalf("%s tells somebody: %s", f.name, line)
			}
		}
		switch f.name {
		case "report.json":
			again, err := results.Unmarshal(f.name, f.data)
			if err != nil || !reflect.DeepEqual(again, record) {
				t.Errorf("%s isn't the record: %v", f.name, err)
			}
		case "series.csv":
			rows, err := csv.NewReader(bytes.NewReader(f.data)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if strings.HasPrefix(cell, "=") {
						t.Fatalf("%s: a cell is a formula: %q", f.name, cell)
					}
				}
			}
		}
	}
}
