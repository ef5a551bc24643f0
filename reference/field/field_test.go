package field

import (
	"maps"
	"reflect"
	"testing"
)

func TestMediaType(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"application/json":                          "application/json",
		" Application/JSON ; Charset=UTF-8":         "application/json",
		"application/json; charset=utf-8;":          "application/json",
		"application/json;;":                        "application/json",
		"application/json; ; a=\"x;,\\\"\" ;b=1":    "application/json",
		"application/jwk-set+json\t;\tcharset=\"\"": "application/jwk-set+json",
		"application/json; charset=a; charset=b":    "application/json",
		"":                                          "",
		"json":                                      "",
		"application/":                              "",
		"application/json, text/html":               "",
		"application/json; charset":                 "",
		"application/json; charset =utf-8":          "",
		"application/json; charset=\"utf":           "",
		"application/json charset=utf-8":            "",
	} {
		if got := MediaType(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestDirectives(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		lines []string
		want  map[string]string
	}{
		{nil, map[string]string{}},
		{[]string{"no-store"}, map[string]string{"no-store": ""}},
		{[]string{"No-Cache , max-age=5", ",, NO-STORE"}, map[string]string{"no-cache": "", "max-age": "5", "no-store": ""}},
		{[]string{`private="a, no-store", max-age="7"`}, map[string]string{"private": "a, no-store", "max-age": "7"}},
		{[]string{`x="a\"b, c", y`}, map[string]string{"x": `a"b, c`, "y": ""}},
		{[]string{"no store, no-cache"}, map[string]string{"no-cache": ""}},
		{[]string{"a=1, a=2"}, map[string]string{"a": "1"}},
		{[]string{`a="unfinished, no-store`}, map[string]string{}},
		{[]string{"=x, b"}, map[string]string{"b": ""}},
	} {
		if got := Directives(test.lines); !maps.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.lines, got, test.want)
		}
	}
}

func TestChallenges(t *testing.T) {
	t.Parallel()
	p := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	for _, test := range []struct {
		lines []string
		want  []Challenge
		fails bool
	}{
		{nil, nil, false},
		{[]string{"Basic"}, []Challenge{{Scheme: "Basic"}}, false},
		{[]string{`Basic realm="a, Digest b"`}, []Challenge{{Scheme: "Basic", Parameters: p("realm", "a, Digest b")}}, false},
		{[]string{`Bearer realm="x", error=invalid_token , BASIC Realm = "y\"z"`},
			[]Challenge{{Scheme: "Bearer", Parameters: p("realm", "x", "error", "invalid_token")}, {Scheme: "BASIC", Parameters: p("realm", `y"z`)}}, false},
		{[]string{"Negotiate oRc+/w==, Basic"}, []Challenge{{Scheme: "Negotiate", Token68: "oRc+/w=="}, {Scheme: "Basic"}}, false},
		{[]string{"Negotiate", `Basic realm="r"`}, []Challenge{{Scheme: "Negotiate"}, {Scheme: "Basic", Parameters: p("realm", "r")}}, false},
		{[]string{", ,Basic realm=r,,x=1,"}, []Challenge{{Scheme: "Basic", Parameters: p("realm", "r", "x", "1")}}, false},
		{[]string{`"Basic"`}, nil, true},
		{[]string{`Basic realm="open`}, []Challenge{{Scheme: "Basic", Parameters: p()}}, true},
		{[]string{`Basic realm="a" b`}, []Challenge{{Scheme: "Basic", Parameters: p("realm", "a")}}, true},
	} {
		got, err := Challenges(test.lines)
		if !reflect.DeepEqual(got, test.want) || (err != nil) != test.fails {
			t.Errorf("%q: %+v, %v; want %+v", test.lines, got, err, test.want)
		}
	}
}

// Nothing that a server sends keeps a scanner from its end.
func FuzzField(f *testing.F) {
	f.Add(`Basic realm="a", b`)
	f.Add(`a/b;c="d\`)
	f.Add(",=\",;")
	f.Fuzz(func(_ *testing.T, text string) {
		MediaType(text)
		Directives([]string{text, text})
		_, _ = Challenges([]string{text})
	})
}
