package verifier

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// careful remembers which way it was asked.
type careful struct {
	scripted
	risky *int
}

func (c careful) JudgeRisky(ctx context.Context, token string) (claims.Claims, error) {
	*c.risky++
	return c.Judge(ctx, token)
}

// Each route has its own demands, whatever else a token is good for.
func TestRouteDemands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		granted string
		route   Route
		status  int
		more    string // of the challenge
		risky   int
	}{
		{"read write", Route{}, 200, "", 0},
		{"", Route{}, 200, "", 0},
		{"read write", Route{Scopes: []string{"write"}}, 200, "", 0},
		{"read write", Route{Scopes: []string{"write", "read"}}, 200, "", 0},
		{"read", Route{Scopes: []string{"write"}}, 403, `, error="insufficient_scope", scope="write"`, 0},
		{"write", Route{Scopes: []string{"read", "write"}}, 403, `, error="insufficient_scope", scope="read write"`, 0},
		{"", Route{Scopes: []string{"write"}}, 403, `, error="insufficient_scope", scope="write"`, 0},
		{"writer rewrite Write", Route{Scopes: []string{"write"}}, 403, `, error="insufficient_scope", scope="write"`, 0},
		{"write", Route{Scopes: []string{"write"}, Risky: true}, 200, "", 1},
		{"read", Route{Scopes: []string{"write"}, Risky: true}, 403, `, error="insufficient_scope", scope="write"`, 1},
	} {
		risky := 0
		guarded := Protect(careful{scripted{claims.Claims{Scope: test.granted}, nil}, &risky}, test.route, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("Authorization", "Bearer t")
		response := httptest.NewRecorder()
		guarded.ServeHTTP(response, request)
		challenge := ""
		if test.more != "" {
			challenge = `Bearer realm=""` + test.more
		}
		if got := response.Header().Get("WWW-Authenticate"); response.Code != test.status || got != challenge || risky != test.risky {
			t.Errorf("%q on %+v: status %d, %s, asked with care %d times", test.granted, test.route, response.Code, got, risky)
		}
	}
}

// One loose route doesn't open the strict ones, though the token is remembered.
func TestRoutesOfConfig(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	config := u.config()
	config.Routes = []Route{{Path: "/open"}, {Path: "/a/read", Scopes: []string{"read"}}, {Path: "/transfer", Scopes: []string{"read", "write"}, Risky: true}}
	v := newVerifier(t, config, Options{Now: newClock().now})
	u.answer(200, `{"active":true,"client_id":"app","scope":"read"}`)
	for range 2 {
		for path, want := range map[string]int{"/open": 200, "/a/read": 200, "/transfer": 403, "/resource": 404} {
			request := httptest.NewRequest("GET", "/introspect-cached"+path, nil)
			request.Header.Set("Authorization", "Bearer t")
			response := httptest.NewRecorder()
			if v.ServeHTTP(response, request); response.Code != want {
				t.Errorf("%s: %d, want %d", path, response.Code, want)
			}
		}
	}
	if asked := u.asked.Load(); asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// RFC 9728, sections 3 and 5.1: the challenge tells where the metadata are, and they
// are there.
func TestMetadata(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		resource, url string
		at            string // the URL of the metadata
		path          string
		proofs, https bool
	}{
		{"https://api.example", "", "https://api.example/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource", true, true},
		{"https://api.example/", "", "https://api.example/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource", true, true},
		{"https://api.example/v1", "http://127.0.0.1:1", "https://api.example/.well-known/oauth-protected-resource/v1", "/.well-known/oauth-protected-resource/v1", true, false},
		{"http://127.0.0.1:8081/v1/", "", "http://127.0.0.1:8081/.well-known/oauth-protected-resource/v1/", "/.well-known/oauth-protected-resource/v1/", true, false},
		{"http://127.0.0.1:8081/v1/", "", "http://127.0.0.1:8081/.well-known/oauth-protected-resource/v1/", "/.well-known/oauth-protected-resource/v1", true, false},
		{"https://api.example/a%2Fb", "", "", "", true, true},
		{"https://api.example/a%20b", "https://127.0.0.1:1", "", "", true, true},
		{"https://api.example/{a}", "https://127.0.0.1:1", "", "", true, true},
		{"https://api.example/a//b", "https://127.0.0.1:1", "", "", true, true},
		{"https://api.example/a/../b", "https://127.0.0.1:1", "", "", true, true},
		{"https://api.example//", "https://127.0.0.1:1", "", "", true, true},
		{"https://api.example/?a=b", "", "https://api.example/.well-known/oauth-protected-resource?a=b", "/.well-known/oauth-protected-resource", false, false},
		{"urn:api", "https://127.0.0.1:1", "", "", true, true},
		{"api", "", "", "", false, false},
	} {
		config := newUpstream(t).config()
		config.Resource, config.URL = test.resource, test.url
		config.Routes = []Route{{Path: "/b", Scopes: []string{"write", "read"}}, {Path: "/a", Scopes: []string{"read"}}}
		v := newVerifier(t, config, Options{Now: newClock().now})
		get := func(path string) *httptest.ResponseRecorder {
			response := httptest.NewRecorder()
			v.ServeHTTP(response, httptest.NewRequest("GET", path, nil))
			return response
		}
		want := `Bearer realm="` + test.resource + `"`
		if test.at != "" {
			want += `, resource_metadata="` + test.at + `"`
		}
		lines := get("/local/a").Header().Values("WWW-Authenticate")
		if lines[0] != want || (len(lines) == 2) != test.proofs {
			t.Errorf("%s: challenges %q, want %s", test.resource, lines, want)
		}
		if test.path == "" {
			if got := get(wellKnown); got.Code != 404 {
				t.Errorf("%s: status %d", test.resource, got.Code)
			}
			continue
		}
		got := get(test.path)
		var m map[string]any
		if err := json.Unmarshal(got.Body.Bytes(), &m); err != nil || got.Code != 200 || got.Header().Get("Content-Type") != "application/json" {
			t.Fatalf("%s: status %d, %v", test.resource, got.Code, err)
		}
		text := got.Body.String()
		_, algs := m["dpop_signing_alg_values_supported"]
		_, https := m["tls_client_certificate_bound_access_tokens"]
		if m["resource"] != test.resource || algs != test.proofs || https != test.https ||
			!strings.Contains(text, `"authorization_servers":["`+testIssuer+`"]`) || !strings.Contains(text, `"scopes_supported":["read","write"]`) ||
			!strings.Contains(text, `"bearer_methods_supported":["header"]`) {
			t.Errorf("%s: %s", test.resource, text)
		}
	}
}

// What is wrong with an HTTP part of the configuration is told by its place.
func TestParseConfigRefusesHTTP(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ members, want string }{
		{`"leeway": "-1s"`, "leeway is -1s"},
		{`"leeway": "5m1s"`, "leeway is 5m1s"},
		{`"url": "api"`, "url is not an absolute"},
		{`"url": "https://u:hunter2@h"`, "url has credentials"},
		{`"url": "https://h?"`, "url has a query"},
		{`"routes": [{"path": "resource"}]`, "routes[0].path is not one such as"},
		{`"routes": [{"path": "/"}]`, "routes[0].path is not one"},
		{`"routes": [{}]`, "routes[0].path is not one"},
		{`"routes": [{"path": "/a/"}]`, "routes[0].path is not one"},
		{`"routes": [{"path": "/a/../b"}]`, "routes[0].path is not one"},
		{`"routes": [{"path": "/{x}"}]`, "routes[0].path has the character"},
		{`"routes": [{"path": "/a"}, {"path": "/a"}]`, "routes has /a twice"},
		{`"routes": [{"path": "/a", "scopes": ["a b"]}]`, `routes[0].scopes has "a b"`},
		{`"routes": [{"path": "/a", "scope": "b"}]`, `unknown key "scope"`},
		{`"routes": [{"path": "/a", "risky": "perhaps"}]`, "line 5"},
		{`"decrypt": [{"alg": "ECDH-ES", "enc": "A256GCM"}]`, "decrypt[0] needs alg, enc and jwk_file"},
		{`"dpop_nonce": true, "url": "https://h"`, ""},
		{`"routes": [{"path": "/a/b-c", "scopes": ["b", "c:d"], "risky": true}], "leeway": "5m"`, ""},
	} {
		file := strings.TrimSuffix(goodConfig, "}") + ",\n" + test.members + "}"
		_, err := ParseConfig(strings.NewReader(file))
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: %v", test.members, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", test.members, err)
		}
	}
}
