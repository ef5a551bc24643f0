package verifier

import (
	"reflect"
	"testing"
	"time"
)

func TestPayloadDecoding(t *testing.T) {
	t.Parallel()
	seconds := func(s int64) numericDate { return numericDate{time.Unix(s, 0), true} }
	for _, test := range []struct {
		name, json string
		want       payload
		fails      bool
	}{
		{name: "nothing", json: `{}`},
		{name: "text", json: `{"sub":"a b"}`, want: payload{Subject: text{"a b", true}}},
		{name: "empty text", json: `{"sub":""}`, want: payload{Subject: text{"", true}}},
		{name: "escapes", json: `{"sub":"a\"\\\u00e9\n"}`, want: payload{Subject: text{"a\"\\é\n", true}}},
		{name: "beyond ASCII", json: `{"sub":"é"}`, want: payload{Subject: text{"é", true}}},
		{name: "one audience", json: `{"aud":"x"}`, want: payload{Audience: audience{[]string{"x"}, true}}},
		{name: "audiences", json: `{"aud":[ "x" , "\u0079" ]}`, want: payload{Audience: audience{[]string{"x", "y"}, true}}},
		{name: "no audiences", json: `{"aud":[]}`, want: payload{Audience: audience{nil, true}}},
		{name: "seconds", json: `{"exp": 12 }`, want: payload{ExpiresAt: seconds(12)}},
		{name: "zero", json: `{"exp":0}`, want: payload{ExpiresAt: seconds(0)}},
		{name: "fraction", json: `{"nbf":1.5}`, want: payload{NotBefore: numericDate{time.Unix(1, 5e8), true}}},
		{name: "exponent", json: `{"exp":1.2e3}`, want: payload{ExpiresAt: seconds(1200)}},
		{name: "64-bit maximum", json: `{"exp":9223372036854775807}`, want: payload{ExpiresAt: seconds(lastSecond)}},
		{name: "far past", json: `{"exp":-1e300}`, want: payload{ExpiresAt: seconds(-lastSecond)}},
		{name: "another case", json: `{"Sub":"x","EXP":1}`},

		{name: "text null", json: `{"sub":null}`, fails: true},
		{name: "text number", json: `{"sub":1}`, fails: true},
		{name: "text object", json: `{"sub":{}}`, fails: true},
		{name: "date null", json: `{"exp":null}`, fails: true},
		{name: "date text", json: `{"exp":"1"}`, fails: true},
		{name: "date true", json: `{"exp":true}`, fails: true},
		{name: "date beyond floats", json: `{"exp":1e999}`, fails: true},
		{name: "audience null", json: `{"aud":null}`, fails: true},
		{name: "audience object", json: `{"aud":{}}`, fails: true},
		{name: "audience within audience", json: `{"aud":[["x"]]}`, fails: true},
		{name: "duplicate", json: `{"sub":"x","sub":"x"}`, fails: true},
		{name: "not UTF-8", json: "{\"x\":\"\xff\"}", fails: true},
		{name: "more than one", json: `{}{}`, fails: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got payload
			err := decodeStrict([]byte(test.json), &got)
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			if err == nil && !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
