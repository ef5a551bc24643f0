package report

import (
	"reflect"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain, with 日本 and é":                               "plain, with 日本 and é",
		"\x1b[2J\x07a\u009bb\x7f":                            " [2J a b ",
		"a\nb\tc\u2028d":                                     "a b c d",
		"\u202eevil\u202c\u200b\ufeff\u00ad\u2066\U000e0041": "evil",
		"\u3164\u034f\ufe0f\ufffe":                           "",
		"\xff\xfe":                                           " ",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
	if got := PlainLines("a\x1b\n\tb\u202e"); got != "a \n\tb" {
		t.Errorf("lines: %q", got)
	}
}

// The record is as it was, and every text of the run that is shown is plain: a member of a
// kind that the walk doesn't know would be passed over.
func TestDocumentIsPlain(t *testing.T) {
	t.Parallel()
	record := sample(t)
	record.Steps[0].Reason, record.Provenance.Command[0] = "\x1b[2J", "\x1b[2J"
	record.Steps[0].Findings = []results.Finding{{Check: "x", Evidence: []string{"a\n\x1bb"}, Accepted: &results.Expectation{Comment: "\x1b"}}}
	doc, err := NewDocument(record)
	if err != nil {
		t.Fatal(err)
	}
	if record.Steps[0].Reason != "\x1b[2J" || record.Provenance.Command[0] != "\x1b[2J" || !reflect.DeepEqual(doc.Record, record) {
		t.Error("the record was changed")
	}
	if f := doc.Run.Steps[0].Findings[0]; doc.Run.Steps[0].Reason != " [2J" || f.Evidence[0] != "a\n b" || f.Accepted.Comment != " " {
		t.Errorf("shown are %q and %+v", doc.Run.Steps[0].Reason, f)
	}
	var known func(typ reflect.Type)
	known = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Pointer:
			known(typ.Elem())
		case reflect.Struct:
			for i := range typ.NumField() {
				if typ != reflect.TypeFor[time.Time]() {
					known(typ.Field(i).Type)
				}
			}
		case reflect.Map, reflect.Interface, reflect.Array:
			t.Errorf("makePlain knows no %v", typ)
		}
	}
	known(reflect.TypeFor[results.Run]())
}
