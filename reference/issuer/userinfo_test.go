package issuer

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func userConfig() Config {
	c := partyConfig()
	c.Users[0].Claims = map[string]any{
		"name": "Alice", "email": "alice@example.com", "email_verified": true, "phone_number": "+1",
		"address": map[string]any{"locality": "Here"}, "shoe_size": 38,
	}
	for n := range c.Clients {
		if len(c.Clients[n].Grants) > 0 {
			c.Clients[n].Scopes = append(c.Clients[n].Scopes, "openid", "profile", "email", "phone", "address")
		}
	}
	return c
}

func userinfo(i *Issuer, authorization ...string) *httptest.ResponseRecorder {
	return do(i, request{method: "GET", path: pathUserinfo, media: "none", header: http.Header{"Authorization": authorization}})
}

func TestUserinfo(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, userConfig(), newClock())
	for scope, want := range map[string]map[string]any{
		"openid":         {"sub": "u-1"},
		"openid profile": {"sub": "u-1", "name": "Alice"},
		"openid email":   {"sub": "u-1", "email": "alice@example.com", "email_verified": true},
		"openid phone address": {"sub": "u-1", "phone_number": "+1",
			"address": map[string]any{"locality": "Here"}},
	} {
		for _, id := range []string{"app", "signed"} {
			tok := text(granted(t, i, ask(id, merged(passwordOf("alice"), url.Values{"scope": {scope}}))), "access_token")
			for _, scheme := range []string{"Bearer ", "bearer  "} {
				w := userinfo(i, scheme+tok)
				wantHeaders(t, w)
				if got := object(t, w); w.Code != 200 || !reflect.DeepEqual(got, want) {
					t.Errorf("%s, scope %q: status %d, %v, want %v", id, scope, w.Code, got, want)
				}
			}
		}
	}
	// A user of whom nothing is known is still someone.
	tok := text(granted(t, i, ask("app", merged(passwordOf("bob"), url.Values{"scope": {"openid profile"}}))), "access_token")
	if got := object(t, userinfo(i, "Bearer "+tok)); !reflect.DeepEqual(got, map[string]any{"sub": "bob"}) {
		t.Errorf("bob: %v", got)
	}
}

// RFC 6750, section 3.1.
func TestUserinfoRefused(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, userConfig(), clk)
	grant := func(scope string) map[string]any {
		return granted(t, i, ask("app", merged(passwordOf("alice"), url.Values{"scope": {scope}})))
	}
	good, plain, gone := grant("openid"), grant("read"), grant("openid")
	giveBack(i, "app", text(gone, "refresh_token"), "")
	tok := "Bearer " + text(good, "access_token")
	application := text(granted(t, i, ask("app", url.Values{"grant_type": {"client_credentials"}, "scope": {"openid"}})), "access_token")
	for name, c := range map[string]struct {
		authorization []string
		status        int
		code          string
	}{
		"nothing":       {nil, 401, ""},
		"other scheme":  {[]string{"Basic x"}, 401, ""},
		"no token":      {[]string{"Bearer"}, 400, "invalid_request"},
		"two headers":   {[]string{tok, tok}, 400, "invalid_request"},
		"two tokens":    {[]string{tok + " x"}, 400, "invalid_request"},
		"unknown":       {[]string{"Bearer x"}, 401, "invalid_token"},
		"revoked":       {[]string{"Bearer " + text(gone, "access_token")}, 401, "invalid_token"},
		"refresh token": {[]string{"Bearer " + text(good, "refresh_token")}, 401, "invalid_token"},
		"application":   {[]string{"Bearer " + application}, 401, "invalid_token"},
		"scope":         {[]string{"Bearer " + text(plain, "access_token")}, 403, "insufficient_scope"},
	} {
		w := userinfo(i, c.authorization...)
		challenge := w.Header().Get("WWW-Authenticate")
		if w.Code != c.status || !strings.HasPrefix(challenge, "Bearer ") || strings.Contains(challenge, "error=") != (c.code != "") ||
			!strings.Contains(challenge, c.code) || w.Body.Len() > 0 {
			t.Errorf("%s: status %d, %s", name, w.Code, challenge)
		}
	}
	clk.advance(3600)
	if w := userinfo(i, tok); w.Code != 401 {
		t.Errorf("expired: status %d", w.Code)
	}
	if w := do(i, request{method: "PUT", path: pathUserinfo}); w.Code != 405 {
		t.Errorf("PUT: status %d", w.Code)
	}
	if w := userinfo(newIssuer(t, testConfig(), clk), tok); w.Code != 404 {
		t.Errorf("without users: status %d", w.Code)
	}
}

func TestUserClaimsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"reserved": func(c *Config) { c.Users[0].Claims = map[string]any{"sub": "x"} },
		"unnamed":  func(c *Config) { c.Users[0].Claims = map[string]any{"": "x"} },
		"no JSON":  func(c *Config) { c.Users[0].Claims = map[string]any{"x": map[any]any{1: 2}} },
		"subject":  func(c *Config) { c.Users[1].Subject = "u-1" },
	} {
		c := userConfig()
		change(&c)
		if err := c.validate(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
