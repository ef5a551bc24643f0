package verifier

import (
	"errors"
	"regexp"
	"testing"
)

func TestAuthorization(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		values []string
		token  string
		err    error
	}{
		{"no header", nil, "", errNoCredentials},
		{"empty header", []string{""}, "", errNoCredentials},
		{"plain", []string{"Bearer abc"}, "abc", nil},
		{"lower case", []string{"bearer abc"}, "abc", nil},
		{"mixed case", []string{"bEARER abc"}, "abc", nil},
		{"more than one space", []string{"Bearer   abc"}, "abc", nil},
		{"every character", []string{"Bearer aZ09-._~+/=="}, "aZ09-._~+/==", nil},
		{"DPoP", []string{"dpop abc"}, "abc", nil},
		{"DPoP alone", []string{"DPoP"}, "", errMalformed},
		{"other scheme", []string{"Basic abc"}, "", errNoCredentials},
		{"scheme runs on", []string{"Bearerabc"}, "", errNoCredentials},
		{"longer scheme", []string{"BearerX abc"}, "", errNoCredentials},
		{"scheme alone", []string{"Bearer"}, "", errMalformed},
		{"scheme and spaces", []string{"Bearer  "}, "", errMalformed},
		{"two tokens", []string{"Bearer abc def"}, "", errMalformed},
		{"list", []string{"Bearer abc, Bearer def"}, "", errMalformed},
		{"tab", []string{"Bearer\tabc"}, "", errNoCredentials},
		{"auth-param", []string{`Bearer token="abc"`}, "", errMalformed},
		{"padding only", []string{"Bearer =="}, "", errMalformed},
		{"padding within", []string{"Bearer a=b"}, "", errMalformed},
		{"control character", []string{"Bearer a\x00b"}, "", errMalformed},
		{"beyond ASCII", []string{"Bearer ü"}, "", errMalformed},
		{"two headers", []string{"Bearer abc", "Bearer abc"}, "", errMalformed},
		{"two headers, one of another scheme", []string{"Basic abc", "Bearer abc"}, "", errMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := authorization(test.values)
			if got.token != test.token || !errors.Is(err, test.err) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// FuzzBearerToken compares the parser with the grammar as an expression.
func FuzzBearerToken(f *testing.F) {
	grammar := regexp.MustCompile(`^(?i:bearer|dpop) +([A-Za-z0-9\-._~+/]+=*)$`)
	f.Fuzz(func(t *testing.T, value string) {
		got, err := authorization([]string{value})
		token := got.token
		if match := grammar.FindStringSubmatch(value); match == nil {
			if err == nil || token != "" {
				t.Errorf("%q gives %q, %v", value, token, err)
			}
		} else if err != nil || token != match[1] {
			t.Errorf("%q gives %q, %v, want %q", value, token, err, match[1])
		}
	})
}

// RFC 6750, section 3: what a description may not hold is taken out of it.
func TestDescribe(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"the token's status": `, error_description="the token's status"`,
		"a\"b\\c\r\nü":       `, error_description="a.b.c..."`,
	} {
		if got := describe(reason); got != want {
			t.Errorf("%q: %s, want %s", reason, got, want)
		}
	}
}
