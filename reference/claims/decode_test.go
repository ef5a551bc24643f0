package claims

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	at := func(s int64, ns int64) time.Time { return time.Unix(s, ns) }
	for _, test := range []struct {
		name, text string
		want       Claims
	}{
		{"nothing", `{}`, Claims{}},
		{"all", `{"iss":"i","sub":"s","client_id":"c","jti":"j","scope":"a b","aud":"r","exp":3,"nbf":1,"iat":2}`,
			Claims{Issuer: "i", Subject: "s", ClientID: "c", ID: "j", Scope: "a b", Audience: []string{"r"}, ExpiresAt: at(3, 0), NotBefore: at(1, 0), IssuedAt: at(2, 0)}},
		{"audiences", `{"aud":["a","b"]}`, Claims{Audience: []string{"a", "b"}}},
		{"no audience", `{"aud":[]}`, Claims{Audience: []string{}}},
		{"another case", `{"EXP":1,"Iss":"i"}`, Claims{}},
		{"an escaped name", `{"i\u0073s":"i"}`, Claims{Issuer: "i"}},
		{"an escaped value", `{"iss":"\u0069"}`, Claims{Issuer: "i"}},
		{"a fraction", `{"exp":1.5}`, Claims{ExpiresAt: at(1, 5e8)}},
		{"an exponent", `{"exp":1e3}`, Claims{ExpiresAt: at(1000, 0)}},
		{"the largest number", `{"exp":18446744073709551615}`, Claims{ExpiresAt: Never}},
		{"the year 1", `{"exp":-62135596800}`, Claims{ExpiresAt: at(0, 0)}},
		{"a key", `{"cnf":{"jkt":"k"}}`, Claims{Confirmation: &Confirmation{Thumbprint: "k"}}},
		{"a certificate", `{"cnf":{"x5t#S256":"c"}}`, Claims{Confirmation: &Confirmation{Certificate: "c"}}},
		{"an unknown confirmation", `{"cnf":{"kid":"c"}}`, Claims{Confirmation: &Confirmation{Unknown: true}}},
		{"a status", `{"status":{"status_list":{"idx":0,"uri":"u","x":1}}}`, Claims{Status: &Status{0, "u"}}},
		{"another status", `{"status":{"x":1}}`, Claims{}},
		{"members that aren't known", `{"x":{"y":[1,{"z":null}]},"active":"?"}`, Claims{}},
	} {
		var got Claims
		if err := Decode([]byte(test.text), &got); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `null`, `[]`, `"x"`, `{`, `{}{}`, `{} x`, `{"iss":"a","iss":"a"}`, `{"x":{"y":1,"y":1}}`, `{"iss":"a","i\u0073s":"a"}`,
		`{"iss":null}`, `{"iss":""}`, `{"iss":1}`, `{"sub":""}`, `{"client_id":["c"]}`, `{"jti":1}`, `{"scope":["a"]}`, `{"scope":null}`,
		`{"aud":null}`, `{"aud":1}`, `{"aud":["a",1]}`, `{"aud":["a",null]}`, `{"aud":{"a":1}}`,
		`{"exp":"1"}`, `{"exp":null}`, `{"exp":1e400}`, `{"exp":[1]}`, `{"nbf":true}`, `{"iat":{}}`, `{"exp":01}`, `{"exp":0x1}`,
		`{"cnf":"k"}`, `{"cnf":{"jkt":1}}`, `{"cnf":{"jkt":""}}`, `{"status":1}`, `{"status":{"status_list":{"idx":-1,"uri":"u"}}}`,
		`{"status":{"status_list":{"idx":1.5,"uri":"u"}}}`, `{"status":{"status_list":{"idx":1}}}`, `{"status":{"status_list":{"uri":"u"}}}`,
		"{\"iss\":\"\xff\"}", "\xef\xbb\xbf{}", "{\"iss\":\"\\ud800\"}",
		`{"x":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`, strings.Repeat("{\"a\":", 10_000),
	} {
		var got Claims
		if err := Decode([]byte(text), &got); err == nil {
			t.Errorf("%.60q is accepted: %+v", text, got)
		}
	}
}

func TestDecodeAnswer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"active":true}`: "true", `{"active":false,"iss":"i"}`: "false",
		`{}`: "error", `{"active":null}`: "error", `{"active":"true"}`: "error", `{"active":1}`: "error", `{"active":true,"active":true}`: "error", `[]`: "error",
	} {
		var c Claims
		active, err := Dialect{}.DecodeAnswer([]byte(text), &c)
		if got := map[bool]string{true: "true", false: "false"}[active]; err != nil && want != "error" || err == nil && got != want {
			t.Errorf("%s: %t, %v", text, active, err)
		}
	}
}

func TestHasScope(t *testing.T) {
	t.Parallel()
	c := Claims{Scope: "read write"}
	for scope, want := range map[string]bool{"read": true, "write": true, "rea": false, "READ": false, "": false, "read write": false} {
		if c.HasScope(scope) != want {
			t.Errorf("%q", scope)
		}
	}
}

// FuzzDecode: what is accepted is an object whose claims can be judged, and the
// decoder neither panics nor takes a name twice.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{}`, `{"iss":"i","aud":["a"],"exp":1.5,"cnf":{"jkt":"k"},"status":{"status_list":{"idx":1,"uri":"u"}}}`, `{"a":[[[]]]}`} {
		f.Add([]byte(seed))
	}
	e := Expectation{Issuer: "i", Resource: "a"}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Claims
		if Decode(data, &c) != nil {
			return
		}
		if e.CheckToken(&c, time.Unix(1, 0)) == nil && (c.Issuer != "i" || c.Subject == "" || !c.ExpiresAt.After(time.Unix(1, 0))) {
			t.Errorf("accepted: %+v", c)
		}
	})
}
