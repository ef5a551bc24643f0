package targets

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// outside is a server that somebody else started; token is what it issues.
func outside(t *testing.T, metadata, token string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	mux.HandleFunc("GET "+metadata, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":"%[1]s/realm","token_endpoint":"%[1]s/t","introspection_endpoint":"%[1]s/i","jwks_uri":"%[1]s/k","revocation_endpoint":"%[1]s/r","other_endpoint":"https://as.example/o","":"https://as.example/"}`, s.URL)
	})
	mux.HandleFunc("POST /t", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != "a%3Ab" || secret != "s%26t" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_client","error_description":"you sent `+secret+`"}`)
			return
		}
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","scope":"x y"}`, token)
	})
	return s
}

func env(pairs ...string) func(string) string {
	return func(name string) string {
		if i := slices.Index(pairs, name); i >= 0 {
			return pairs[i+1]
		}
		return ""
	}
}

func jwt(header, claims string) string {
	e := base64.RawURLEncoding.EncodeToString
	return e([]byte(header)) + "." + e([]byte(claims)) + "." + e([]byte("signature"))
}

func TestFromURL(t *testing.T) {
	t.Parallel()
	es256 := jwt(`{"alg":"ES256"}`, `{"aud":["https://api.test","other"]}`)
	for _, test := range []struct{ name, metadata, token, form, resource string }{
		{"opaque", "/.well-known/oauth-authorization-server/realm", "abc", Opaque, "https://given.test"},
		{"JWT", "/realm/.well-known/openid-configuration", es256, "ES256", "https://api.test"},
	} {
		s := outside(t, test.metadata, test.token)
		given := env(envClientID, "a:b", envClientSecret, "s&t")
		if test.form == Opaque {
			given = env(envClientID, "a:b", envClientSecret, "s&t", envAudience, test.resource)
		}
		got, err := FromURL(t.Context(), s.URL+"/realm", given, s.Client())
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		in := got.external
		want := Endpoints{TokenEndpoint: s.URL + "/t", IntrospectionEndpoint: s.URL + "/i", JWKSEndpoint: s.URL + "/k",
			RevocationEndpoint: s.URL + "/r", MetadataEndpoint: s.URL + test.metadata}
		if in.Issuer != s.URL+"/realm" || in.Audience != test.resource || !maps.Equal(in.Endpoints, want) {
			t.Errorf("%s: %+v", test.name, in)
		}
		if c := in.Clients[0]; c.Form != test.form || !slices.Equal(c.Scopes, []string{"x", "y"}) || c.ID != "a:b" || in.Introspector.ID != "a:b" {
			t.Errorf("%s: client %+v", test.name, c)
		}
		if missing := got.Lacks([]Capability{ClientCredentials, Introspection, Issues(test.form), Introspects(test.form), Revocation, JWKS, Metadata}); missing != "" || !got.Loopback() {
			t.Errorf("%s: lacks %q, loopback %v", test.name, missing, got.Loopback())
		}

		f := &fake{runtime: Process}
		e, err := Start(t.Context(), Options{Runtime: Auto, Process: f.open, Rand: seeded()}, []Target{got})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if f.noted() != "open, prepare verifier, launch verifier" || !strings.Contains(string(f.services[0].Secrets["config"]), `"introspection_endpoint":"`+s.URL+`/i"`) {
			t.Errorf("%s: %s %s", test.name, f.noted(), f.services[0].Secrets["config"])
		}
		if p := e.Instances()[0].Provenance; p.Runtime != "external" || len(p.Services) != 1 {
			t.Errorf("%s: provenance %+v", test.name, p)
		}
		e.Stop(t.Context())
	}
}

func TestFromURLFails(t *testing.T) {
	t.Parallel()
	const place = "/.well-known/oauth-authorization-server/realm"
	opaque := outside(t, place, "abc")
	good := env(envClientID, "a:b", envClientSecret, "s&t")
	for _, test := range []struct {
		name, url string
		env       func(string) string
		want      string
	}{
		{"no credentials", opaque.URL + "/realm", env(), "set OAUTHMARK_CLIENT_ID and OAUTHMARK_CLIENT_SECRET"},
		{"wrong credentials", opaque.URL + "/realm", env(envClientID, "a:b", envClientSecret, "wrong"), `/t: it answered 401 invalid_client`},
		{"another issuer", opaque.URL, good, "no metadata of"},
		{"not there", "http://127.0.0.1:1", good, "no metadata of http://127.0.0.1:1"},
		{"plain HTTP to elsewhere", "http://as.example", good, "over https only"},
		{"credentials in it", "https://a:b@as.example", good, "has credentials in it"},
		{"no URL", "::", good, "is not a URL"},
		{"query", "https://as.example?a=b", good, "without query"},
	} {
		_, err := FromURL(t.Context(), test.url, test.env, opaque.Client())
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
	if _, err := FromURL(t.Context(), opaque.URL, env(), opaque.Client()); !errors.Is(err, ErrCredentials) {
		t.Errorf("error %v", err)
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		url       string
		endpoints Endpoints
		want      bool
	}{
		{"", nil, true},
		{"http://127.0.0.1:8080", Endpoints{TokenEndpoint: "http://localhost:8080/t", "new": "http://[::1]/n"}, true},
		{"https://[::1]", nil, true},
		{"https://as.example", nil, false},
		{"http://127.0.0.1:8080", Endpoints{TokenEndpoint: "https://as.example/t"}, false},
		{"http://127.0.0.1:8080", Endpoints{TokenEndpoint: "http://localhost:8080/t", RevocationEndpoint: "https://as.example/r"}, false},
		{"http://127.0.0.1:8080", Endpoints{"new": "https://as.example/n"}, false},
	} {
		target := Target{URL: test.url, external: &Instance{Endpoints: test.endpoints}}
		if got := target.Loopback(); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
