package report

import (
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/oauthmark/oauthmark/results"
)

// Plain makes one line of text that says what it seems to say: what steers a terminal is
// a space, and what only misleads an eye, such as marks of direction, is left out. What
// has a meaning in one format is that format's own matter.
func Plain(s string) string { return plain(s, false) }

// PlainLines does the same to text of several lines.
func PlainLines(s string) string { return plain(s, true) }

func plain(s string, lines bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || results.Invisible(r) }) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case lines && (r == '\n' || r == '\t') || !results.Invisible(r):
			return r
		case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
			return ' '
		}
		return -1
	}, strings.ToValidUTF8(s, " "))
}

// plainRun is a copy of the run with all its text made plain, so that no format can forget
// to. The record may be from elsewhere, and what is in it from a server.
func plainRun(run results.Run) results.Run {
	makePlain(reflect.ValueOf(&run).Elem(), false)
	return run
}

// makePlain changes the text in v, and copies what v shares with others. A struct's member
// tagged text:"lines" may have several lines.
func makePlain(v reflect.Value, lines bool) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(plain(v.String(), lines))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			makePlain(v.Field(i), v.Type().Field(i).Tag.Get("text") == "lines")
		}
	case reflect.Slice:
		if v.IsNil() || v.Type().Elem().Kind() == reflect.Float64 {
			return
		}
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			makePlain(own.Index(i), lines)
		}
		v.Set(own)
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		makePlain(own.Elem(), false)
		v.Set(own)
	}
}
