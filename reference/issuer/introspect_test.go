package issuer

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

func TestIntrospectActive(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, testConfig(), clk)
	for _, form := range allForms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			tok := obtain(t, i, form, "&scope=write")
			w := introspect(i, tok)
			if w.Code != http.StatusOK {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			wantHeaders(t, w)
			m := object(t, w)
			jti, _ := m["jti"].(string)
			if len(jti) != token.IDLength || strings.Contains(tok, jti) {
				t.Errorf("jti %q is malformed, or part of the token", jti)
			}
			now := clk.now().Unix()
			want := map[string]any{
				"active": true, "token_type": "Bearer", "iss": testIssuer, "aud": testResource,
				"sub": form, "client_id": form, "scope": "write",
				"iat": float64(now), "exp": float64(now + 3600), "jti": jti,
			}
			if !reflect.DeepEqual(m, want) {
				t.Errorf("got  %v\nwant %v", m, want)
			}
			if again := introspect(i, tok); again.Body.String() != w.Body.String() {
				t.Error("asked twice, it answers differently")
			}
		})
	}
}

// The encoder here writes what encoding/json would have understood.
func TestAppendActive(t *testing.T) {
	t.Parallel()
	plain, err := token.ParseProfile("")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []token.Claims{
		{},
		{Issuer: "a", Audience: "b", Subject: "c", ClientID: "d", Scope: "e f", IssuedAt: 1, Expires: 2, ID: "g"},
		{Issuer: `"`, Audience: `\`, Subject: "<&>", ClientID: "\u00e9\n", Scope: "\x00", IssuedAt: -1, Expires: 1 << 52, ID: "\u2028"},
	} {
		want, err := json.Marshal(struct {
			Active bool   `json:"active"`
			Type   string `json:"token_type"`
			token.Claims
		}{true, "Bearer", c})
		if err != nil {
			t.Fatal(err)
		}
		if got := plain.AppendAnswer(nil, &c, token.Asker{}); string(got) != string(want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A hint, right or wrong, changes nothing, and a client may ask about its own tokens alone.
func TestIntrospectRequest(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	for _, form := range allForms {
		tok := obtain(t, i, form, "")
		for name, q := range map[string]request{
			"hint":          {id: "rs", secret: "s-rs", body: "&token_type_hint=access_token"},
			"wrong hint":    {id: "rs", secret: "s-rs", body: "&token_type_hint=refresh_token"},
			"unknown hint":  {id: "rs", secret: "s-rs", body: "&token_type_hint=foobar"},
			"own client":    {id: form, secret: "s-" + form},
			"unknown param": {id: "rs", secret: "s-rs", body: "&foo=bar"},
		} {
			q.path, q.body = "/introspect", "token="+tok+q.body
			w := do(i, q)
			m := object(t, w)
			if w.Code != http.StatusOK || m["active"] != true || m["client_id"] != form {
				t.Errorf("%s, %s: status %d, active %v, client_id %v", form, name, w.Code, m["active"], m["client_id"])
			}
		}
		w := do(i, request{path: "/introspect", id: "short", secret: "s-short", body: "token=" + tok})
		if w.Code != http.StatusOK || w.Body.String() != `{"active":false}` {
			t.Errorf("%s, another client: status %d, %s", form, w.Code, w.Body)
		}
	}
}

func TestIntrospectExpired(t *testing.T) {
	t.Parallel()
	for _, id := range append([]string{"short"}, allForms...) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			clk := newClock()
			i := newIssuer(t, testConfig(), clk)
			lifetime := int64(3600)
			if id == "short" {
				lifetime = 2
			}
			tok := obtain(t, i, id, "")
			clk.advance(lifetime - 1)
			if m := object(t, introspect(i, tok)); m["active"] != true {
				t.Error("inactive in its last second")
			}
			clk.advance(1)
			wantInactive(t, i, tok)
			clk.advance(1e9)
			wantInactive(t, i, tok)
		})
	}
}

func wantInactive(t *testing.T, i *Issuer, tok string) {
	t.Helper()
	w := introspect(i, tok)
	if got := w.Body.String(); w.Code != http.StatusOK || got != `{"active":false}` {
		t.Errorf("status %d, %d bytes, want exactly {\"active\":false}", w.Code, len(got))
	}
	wantHeaders(t, w)
}

func TestIntrospectInactive(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, testConfig(), clk)
	elsewhere := testConfig()
	elsewhere.Issuer += "/"               // another identifier, however alike
	other := newIssuer(t, elsewhere, clk) // same keys
	unrelated := newIssuer(t, testConfig(), clk)
	key, err := keys.Generate(keys.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keys.NewRing(key)
	if err != nil {
		t.Fatal(err)
	}
	forger, err := token.NewSigner(ring)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := forger.Sign(keys.ES256, &token.Claims{Issuer: testIssuer, Expires: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	opaque, jwt := obtain(t, i, "opaque", ""), obtain(t, i, "ES256", "")
	jti, _ := object(t, introspect(i, opaque))["jti"].(string)
	part := strings.Split(jwt, ".")
	for name, tok := range map[string]string{
		"random":                strings.Repeat("x", token.OpaqueLength),
		"one character":         "x",
		"a space":               " ",
		"very long":             strings.Repeat("x", 60000),
		"unprintable":           "\x00\xff\n",
		"opaque, space after":   opaque + " ",
		"opaque, space before":  " " + opaque,
		"opaque, dot after":     opaque + ".",
		"opaque, padded":        opaque + "=",
		"opaque, upper case":    strings.ToUpper(opaque),
		"opaque, shorter":       opaque[1:],
		"opaque of another":     obtain(t, unrelated, "opaque", ""),
		"JWT, space after":      jwt + " ",
		"JWT, dot after":        jwt + ".",
		"JWT, upper case":       strings.ToUpper(jwt),
		"JWT without signature": part[0] + "." + part[1] + ".",
		"JWT, header and body":  part[0] + "." + part[1],
		"JWT, other signature":  part[0] + "." + part[1] + "." + strings.Split(obtain(t, i, "ES256", ""), ".")[2],
		"JWT, foreign key":      forged,
		"JWT, other issuer":     obtain(t, other, "ES256", ""),
		"jti":                   jti,
		"client secret":         "s-opaque",
		"client id":             "opaque",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantInactive(t, i, tok)
		})
	}
	if m := object(t, introspect(other, obtain(t, other, "ES256", ""))); m["active"] != true {
		t.Error("control: the other issuer doesn't know its own token")
	}
}

func TestIntrospectRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	tok := obtain(t, i, "opaque", "")
	good := url.Values{"token": {tok}}.Encode()
	for name, c := range map[string]struct {
		q      request
		status int
		code   string
	}{
		"GET":                {request{method: "GET", id: "rs", secret: "s-rs", body: good}, 405, "invalid_request"},
		"no authentication":  {request{body: good}, 401, "invalid_client"},
		"nothing at all":     {request{}, 401, "invalid_client"},
		"wrong secret":       {request{id: "rs", secret: "s-opaque", body: good}, 401, "invalid_client"},
		"unknown client":     {request{id: "nobody", secret: "s-rs", body: good}, 401, "invalid_client"},
		"the token itself":   {request{body: good, header: http.Header{"Authorization": {"Bearer " + tok}}}, 401, "invalid_client"},
		"secret in the body": {request{body: good + "&client_id=rs&client_secret=s-rs"}, 401, "invalid_client"},
		"secret in both":     {request{id: "rs", secret: "s-rs", body: good + "&client_secret=s-rs"}, 400, "invalid_request"},
		"token missing":      {request{id: "rs", secret: "s-rs"}, 400, "invalid_request"},
		"token empty":        {request{id: "rs", secret: "s-rs", body: "token="}, 400, "invalid_request"},
		"token twice":        {request{id: "rs", secret: "s-rs", body: good + "&" + good}, 400, "invalid_request"},
		"token in the query": {request{path: "/introspect?" + good, id: "rs", secret: "s-rs"}, 400, "invalid_request"},
		"JSON":               {request{media: "application/json", id: "rs", secret: "s-rs", body: `{"token":"x"}`}, 400, "invalid_request"},
		"too large":          {request{id: "rs", secret: "s-rs", body: "token=" + strings.Repeat("x", maxBody)}, 413, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := c.q
			if q.path == "" {
				q.path = "/introspect"
			}
			w := do(i, q)
			wantProblem(t, w, c.status, c.code)
			if strings.Contains(w.Body.String(), tok) {
				t.Error("the answer repeats the token")
			}
		})
	}
}

// The setting of WSO2 Identity Server under which a JWT is told from an opaque token.
func TestIntrospectTokenType(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string]string{"wso2-7": "Bearer", "wso2-7-jwt": "JWT"} {
		i := newIssuer(t, profileConfig(profile), newClock())
		for id, want := range map[string]string{"look-RS256": want, "look-opaque": "Bearer"} {
			m := granted(t, i, ask(id, passwordOf("alice")))
			about := object(t, introspect(i, text(m, "access_token")))
			_, says := about["jti"]
			if about["token_type"] != want || says != (want == "JWT") || m["token_type"] != "Bearer" {
				t.Errorf("%s, %s: %v", profile, id, about)
			}
			if about := object(t, introspect(i, text(m, "refresh_token"))); about["token_type"] != "Refresh" {
				t.Errorf("%s, %s: refresh token: %v", profile, id, about)
			}
		}
	}
}
