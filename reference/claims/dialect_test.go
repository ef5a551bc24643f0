package claims

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// What a dialect names is accepted, and nothing of it without being named.
func TestDialect(t *testing.T) {
	t.Parallel()
	const good = `{"iss":"i","sub":"s","client_id":"c","jti":"j","scope":"a b","aud":"r","exp":9,"iat":1}`
	replaced := func(old, by string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not there", old)
		}
		return strings.Replace(good, old, by, 1)
	}
	for _, test := range []struct {
		name, text string
		accept     Dialect
		refused    Reason // in that dialect; it is refused for something without it in any case
	}{
		{"azp", replaced("client_id", "azp"), Dialect{ClientID: []string{"cid", "azp"}}, ""},
		{"the best of two", replaced(`"client_id":"c"`, `"azp":"other","appid":"c"`), Dialect{ClientID: []string{"appid", "azp"}}, ""},
		{"uti", replaced("jti", "uti"), Dialect{ID: []string{"uti"}}, ""},
		{"a list of scopes", replaced(`"a b"`, `["a","b"]`), Dialect{Scope: []string{"scope"}}, ""},
		{"scp", replaced(`"scope":"a b"`, `"scp":["a","b"]`), Dialect{Scope: []string{"scp"}}, ""},
		{"scp beside an empty scope", replaced(`"scope":"a b"`, `"scope":"","scp":"a b"`), Dialect{Scope: []string{"scp"}}, ""},
		{"no audience", replaced(`"aud":"r",`, ``), Dialect{Absent: []string{"aud"}}, ""},
		{"an empty audience", replaced(`"r"`, `[]`), Dialect{Absent: []string{"aud"}}, ""},
		{"another audience", replaced(`"r"`, `"x"`), Dialect{AnyAudience: true}, ""},
		{"another audience where it may be absent", replaced(`"r"`, `"x"`), Dialect{Absent: []string{"aud"}}, ReasonAudience},
		{"no issuer", replaced(`"iss":"i",`, ``), Dialect{Absent: []string{"iss"}}, ""},
		{"an empty issuer", replaced(`"i"`, `""`), Dialect{Absent: []string{"iss"}}, ""},
		{"another issuer where it may be absent", replaced(`"i"`, `"x"`), Dialect{Absent: []string{"iss"}}, ReasonIssuer},
		{"no subject", replaced(`"sub":"s",`, ``), Dialect{Absent: []string{"sub"}}, ""},
		{"no jti", replaced(`"jti":"j",`, ``), Dialect{Absent: []string{"jti"}}, ""},
		{"no iat", replaced(`,"iat":1`, ``), Dialect{Absent: []string{"iat"}}, ""},
		{"no exp", replaced(`"exp":9,`, ``), Dialect{Absent: []string{"exp"}}, ReasonIncomplete},
	} {
		expect := Expectation{Issuer: "i", Resource: "r", Accept: test.accept}
		judge := func(e Expectation) (c Claims, err error) {
			if err = e.Accept.Decode([]byte(test.text), &c); err == nil {
				err = e.CheckToken(&c, time.Unix(2, 0))
			}
			return c, err
		}
		c, err := judge(expect)
		var invalid *InvalidToken
		if test.refused != "" {
			if !errors.As(err, &invalid) || invalid.Reason != test.refused {
				t.Errorf("%s: error %v, want %s", test.name, err, test.refused)
			}
			continue
		}
		if err != nil || c.ClientID != "c" || c.Scope != "a b" {
			t.Errorf("%s: %+v, %v", test.name, c, err)
		}
		if c, err := judge(Expectation{Issuer: "i", Resource: "r"}); err == nil && c.Scope == "a b" {
			t.Errorf("%s: accepted without its dialect", test.name)
		}
	}
}

func TestDialectString(t *testing.T) {
	t.Parallel()
	d := Dialect{Type: []string{"JWT", ""}, Absent: []string{"aud"}, AnyAudience: true}
	if got, want := d.String(), `typ ["JWT" ""], absent ["aud"], any audience`; got != want || (Dialect{}).String() != "" {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDialectCheck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		dialect Dialect
		want    string
	}{
		{Dialect{}, ""},
		{Dialect{Type: []string{"JWT", ""}, ClientID: []string{"azp"}, Absent: []string{"aud", "iss"}}, ""},
		{Dialect{Absent: []string{"exp"}}, `absent has "exp", want some of iss, aud, `},
		{Dialect{Scope: []string{""}}, "scope has a claim without a name"},
	} {
		if err := test.dialect.Check(); (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v: %v", test.dialect, err)
		}
	}
}

// A clock that is ahead of ours is one thing, an issuer's date of issue is no check.
func TestAhead(t *testing.T) {
	t.Parallel()
	c := Claims{Issuer: "i", Subject: "s", ClientID: "c", ID: "j", Audience: []string{"r"}, ExpiresAt: time.Unix(99, 0), IssuedAt: time.Unix(60, 0)}
	e := Expectation{Issuer: "i", Resource: "r"}
	now := time.Unix(10, 0)
	if err := e.CheckToken(&c, now); err != nil {
		t.Errorf("iat alone: %v", err)
	}
	c.NotBefore = time.Unix(15, 0)
	if err := e.CheckToken(&c, now); err == nil {
		t.Error("nbf 5 s ahead is accepted")
	}
	e.Ahead = 5 * time.Second
	if err := e.CheckToken(&c, now); err != nil {
		t.Errorf("with that much ahead: %v", err)
	}
	c.NotBefore, c.ExpiresAt = time.Unix(16, 0), time.Unix(9, 0)
	if err := e.CheckToken(&c, now); err == nil {
		t.Error("6 s ahead, and expired, is accepted")
	}
}
