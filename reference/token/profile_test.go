package token

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

func profile(t testing.TB, name string) *Profile {
	t.Helper()
	p, err := ParseProfile(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func alice(c Claims) Claims {
	c.Subject, c.More = "alice-1", &More{Username: "alice@example.com"}
	return c
}

// The tokens that WSO2's documentation prints, header and payload byte for byte.
func TestWSO2Tokens(t *testing.T) {
	t.Parallel()
	c := Claims{
		Issuer: "https://localhost:9443/oauth2/token", Audience: "https://api.example", ClientID: "dd9U3QFwNF2PQfvlHzTcSSuNC2wa",
		Scope: "openid",
	}
	application, user := c, c
	application.Subject, application.IssuedAt, application.Expires = c.ClientID, 1510815386, 1510818986
	application.ID = "e8538837-c757-46ed-83f2-dfb54a9b4090"
	user.Subject, user.IssuedAt, user.Expires = "admin", 1510821335, 1510824935
	user.ID = "405b4d4e-8501-4e1a-a138-ed8455cd1d47"
	for file, c := range map[string]Claims{"wso2-5-application": application, "wso2-5-user": user} {
		b, err := os.ReadFile("testdata/" + file + ".jwt")
		if err != nil {
			t.Fatal(err)
		}
		_, want, err := Split(strings.TrimSpace(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewSigner(ring(t, keys.RS256), profile(t, "wso2-5"))
		if err != nil {
			t.Fatal(err)
		}
		tok, err := s.SignAs(profile(t, "wso2-5"), keys.RS256, &c)
		if err != nil {
			t.Fatal(err)
		}
		if _, got, _ := Split(tok); got != want {
			t.Errorf("%s: got %s, want %s", file, got, want)
		}
		got, err := s.Verify(tok, time.Time{})
		if err != nil || got.ID != c.ID || got.ClientID != c.ClientID || got.Issuer != c.Issuer {
			t.Errorf("%s: read back %+v, %v", file, got, err)
		}
		if _, err := signer(t, s.ring).Verify(tok, time.Time{}); err == nil {
			t.Errorf("%s: accepted by a signer without the profile", file)
		}
	}
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	plain := sample()
	plain.Scope = "email profile"
	bound := alice(plain)
	bound.More.Confirmation = &Confirmation{Certificate: "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}
	bound.More.Hidden = json.RawMessage(`{"secret":"x"}`)
	bound.More.Custom = json.RawMessage(`{"level":"3"}`)
	bound.More.UserClaims = []string{"email"}
	shown, unasked := bound, bound
	more := *bound.More
	more.ShowUserClaims = true
	shown.More = &more
	unasked.Audience = ""
	const cnf = `"cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}`
	for name, row := range map[string]struct {
		profile, aud, scope string
		claims              Claims
		want                string
	}{
		"rfc9068": {"rfc9068", "", "", plain,
			`{"iss":"https://as.example","aud":"https://api.example","sub":"app","client_id":"app","scope":"email profile","iat":1700000000,"exp":1700003600,"jti":"0123456789abcdefABCDEF","azp":"app"}`},
		"arrays": {"rfc9068", "array", "scopes", plain,
			`{"iss":"https://as.example","aud":["https://api.example"],"sub":"app","client_id":"app","scopes":["email","profile"],"iat":1700000000,"exp":1700003600,"jti":"0123456789abcdefABCDEF","azp":"app"}`},
		"more": {"rfc9068", "", "", bound,
			`{"iss":"https://as.example","aud":"https://api.example","sub":"alice-1","client_id":"app","scope":"email profile","iat":1700000000,"exp":1700003600,"jti":"0123456789abcdefABCDEF","username":"alice@example.com",` + cnf + `,"level":"3","azp":"app"}`},
		"shown": {"rfc9068", "", "", shown,
			`{"iss":"https://as.example","aud":"https://api.example","sub":"alice-1","client_id":"app","scope":"email profile","iat":1700000000,"exp":1700003600,"jti":"0123456789abcdefABCDEF","username":"alice@example.com",` + cnf + `,"level":"3","userinfo":{"email":null},"azp":"app"}`},
		"wso2-5 with a string": {"wso2-5", "string", "", plain,
			`{"iss":"https:\/\/as.example","aud":"app","exp":1700003600,"iat":1700000000,"azp":"app","jti":"0123456789abcdefABCDEF"}`},
		"wso2-7": {"wso2-7", "", "", Claims{
			Issuer: "https://localhost:9443/oauth2/token", Subject: "alice@example.com", ClientID: "Wsoq8t4nHW80gSnPfyDvRbiC__Ea", Scope: "openid",
			IssuedAt: 1623904805, Expires: 1623908405, ID: "9fac7747-bb2d-46be-bef2-a95b2f69f8b2"},
			`{"sub":"alice@example.com","aut":"APPLICATION_USER","aud":"Wsoq8t4nHW80gSnPfyDvRbiC__Ea","nbf":1623904805,"azp":"Wsoq8t4nHW80gSnPfyDvRbiC__Ea","scope":"openid","iss":"https://localhost:9443/oauth2/token","exp":1623908405,"iat":1623904805,"jti":"9fac7747-bb2d-46be-bef2-a95b2f69f8b2"}`},
		"authlete": {"authlete", "", "", bound,
			`{"scope":"email profile","client_id":"app","exp":1700003600,"iat":1700000000,"sub":"alice-1","iss":"https://as.example","jti":"0123456789abcdefABCDEF",` + cnf + `,"aud":["https://api.example"],"level":"3"}`},
		"authlete without a resource": {"authlete", "", "", unasked,
			`{"scope":"email profile","client_id":"app","exp":1700003600,"iat":1700000000,"sub":"alice-1","iss":"https://as.example","jti":"0123456789abcdefABCDEF",` + cnf + `,"level":"3"}`},
		"authlete without a user": {"authlete", "string", "scopes", plain,
			`{"scopes":["email","profile"],"client_id":"app","exp":1700003600,"iat":1700000000,"iss":"https://as.example","jti":"0123456789abcdefABCDEF","aud":"https://api.example"}`},
	} {
		p, err := profile(t, row.profile).With(row.aud, row.scope)
		if err != nil {
			t.Fatal(err)
		}
		got := p.AppendPayload(nil, &row.claims)
		if string(got) != row.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, row.want)
		}
		var read Claims
		if err := read.parsePayload(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(name, "wso2") || strings.Contains(name, "authlete") {
			continue // doesn't say all there is
		}
		want := row.claims
		if want.More != nil {
			more := *want.More
			if more.Hidden = nil; !more.ShowUserClaims {
				more.UserClaims = nil
			}
			want.More = &more
		}
		if !reflect.DeepEqual(read, want) {
			t.Errorf("%s: read %+v, want %+v", name, read, want)
		}
	}
}

// The answers that WSO2's documentation prints, and those of the other profiles.
func TestAnswers(t *testing.T) {
	t.Parallel()
	user := Claims{
		Issuer: "https://as.example", Audience: "https://api.example", Subject: "alice@example.com", ClientID: "Wsoq8t4nHW80gSnPfyDvRbiC__Eb",
		Scope: "openid profile", IssuedAt: 1629961093, Expires: 1629968693, ID: "j",
		More: &More{Username: "alice@example.com"},
	}
	application, refresh, bound, guest := user, user, user, user
	application.Subject, application.More = user.ClientID, nil
	refresh.ClientID, refresh.Expires = "Wsoq8t4nHW80gSnPfyDvRbiC__Ea", 1630047493
	bound.More = &More{Confirmation: &Confirmation{Key: "k"}, Custom: json.RawMessage(`{"a":"1"}`), Hidden: json.RawMessage(`{"b":"2"}`)}
	guest.More = nil
	const times = `"exp":1629968693,"iat":1629961093`
	const rfc = `{"active":true,"token_type":"Bearer","iss":"https://as.example","aud":"https://api.example",`
	for name, row := range map[string]struct {
		profile string
		claims  Claims
		asker   Asker
		want    string
	}{
		"user": {"wso2-7", user, Asker{},
			`{"aut":"APPLICATION_USER","nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Bearer",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","username":"alice@example.com"}`},
		"user without a name": {"wso2-7", guest, Asker{},
			`{"aut":"APPLICATION_USER","nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Bearer",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","username":"alice@example.com"}`},
		"refresh": {"wso2-7", refresh, Asker{Refresh: true},
			`{"nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Refresh","exp":1630047493,"iat":1629961093,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Ea","username":"alice@example.com"}`},
		"application": {"wso2-7", application, Asker{},
			`{"nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Bearer",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb"}`},
		"application of old": {"wso2-7", application, Asker{Owner: "admin"},
			`{"nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Bearer",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","username":"admin"}`},
		"user, JWT": {"wso2-7-jwt", user, Asker{SelfContained: true},
			`{"aut":"APPLICATION_USER","nbf":1629961093,"scope":"openid profile","active":true,"token_type":"JWT",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","username":"alice@example.com","sub":"alice@example.com","iss":"https://as.example","aud":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","jti":"j"}`},
		"application, JWT": {"wso2-7-jwt", application, Asker{SelfContained: true},
			`{"nbf":1629961093,"scope":"openid profile","active":true,"token_type":"JWT",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","sub":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","iss":"https://as.example","aud":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","jti":"j"}`},
		"bound, JWT": {"wso2-7-jwt", bound, Asker{SelfContained: true},
			`{"aut":"APPLICATION_USER","nbf":1629961093,"scope":"openid profile","active":true,"token_type":"DPoP",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","username":"alice@example.com","sub":"alice@example.com","iss":"https://as.example","aud":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","jti":"j","cnf":{"jkt":"k"},"a":"1"}`},
		"opaque beside JWTs": {"wso2-7-jwt", application, Asker{},
			`{"nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Bearer",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb"}`},
		"self-contained without": {"wso2-7", application, Asker{SelfContained: true},
			`{"nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Bearer",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb"}`},
		"wso2-5": {"wso2-5", user, Asker{},
			`{"nbf":1629961093,"scope":"openid profile","active":true,"token_type":"Bearer",` + times + `,"client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","username":"alice@example.com"}`},
		"authlete": {"authlete", application, Asker{},
			`{"active":true,"token_type":"Bearer","scope":"openid profile","client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb",` + times + `,"iss":"https://as.example","jti":"j","aud":["https://api.example"]}`},
		"hidden": {"rfc9068", bound, Asker{Hidden: true},
			`{"active":true,"token_type":"DPoP",` + rfc[len(`{"active":true,"token_type":"Bearer",`):] + `"sub":"alice@example.com","client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","scope":"openid profile","iat":1629961093,"exp":1629968693,"jti":"j","cnf":{"jkt":"k"},"a":"1","b":"2"}`},
		"hidden from a client": {"rfc9068", bound, Asker{},
			`{"active":true,"token_type":"DPoP",` + rfc[len(`{"active":true,"token_type":"Bearer",`):] + `"sub":"alice@example.com","client_id":"Wsoq8t4nHW80gSnPfyDvRbiC__Eb","scope":"openid profile","iat":1629961093,"exp":1629968693,"jti":"j","cnf":{"jkt":"k"},"a":"1"}`},
	} {
		if got := profile(t, row.profile).AppendAnswer(nil, &row.claims, row.asker); string(got) != row.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, row.want)
		}
	}
}

// Whatever the profile, a hidden claim is in no payload.
func TestHiddenIsInNoPayload(t *testing.T) {
	t.Parallel()
	c := alice(sample())
	c.More.Hidden = json.RawMessage(`{"internal_risk":"9"}`)
	for _, name := range Profiles() {
		for _, c := range []Claims{c, {Subject: "app", ClientID: "app", More: c.More}} {
			if b := profile(t, name).AppendPayload(nil, &c); strings.Contains(string(b), "internal_risk") || !json.Valid(b) {
				t.Errorf("%s: %s", name, b)
			}
		}
	}
}

// Custom claims of Authlete are strings.
func TestCustomValues(t *testing.T) {
	t.Parallel()
	given := json.RawMessage(`{"b":true,"n":1.50,"o":{"x":[null]},"s":"é","z":null}`)
	for name, want := range map[string]string{
		"rfc9068":  string(given),
		"authlete": `{"b":"true","n":"1.50","o":"{\"x\":[null]}","s":"é","z":"null"}`,
	} {
		if got, err := profile(t, name).Custom(given); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if _, err := profile(t, "authlete").Custom(json.RawMessage(`[]`)); err == nil {
		t.Error("an array was taken for an object")
	}
}

func TestProfileChoices(t *testing.T) {
	t.Parallel()
	if _, err := ParseProfile("nonesuch"); err == nil {
		t.Error("an unknown profile was found")
	}
	if p := profile(t, ""); p.Name() != "rfc9068" {
		t.Errorf("the default is %s", p.Name())
	}
	if _, err := profile(t, "").With("list", ""); err == nil {
		t.Error("aud list was taken")
	}
	if _, err := profile(t, "").With("", "list"); err == nil {
		t.Error("scope list was taken")
	}
}

func BenchmarkPayload(b *testing.B) {
	for _, name := range Profiles() {
		b.Run(name, func(b *testing.B) {
			p, c, buffer := profile(b, name), sample(), make([]byte, 0, 512)
			b.ReportAllocs()
			for b.Loop() {
				p.AppendPayload(buffer, &c)
			}
		})
	}
}
