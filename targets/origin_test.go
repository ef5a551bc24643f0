package targets

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// No secret goes to where a server says, only to where a person said.
func TestDiscoverKeepsSecrets(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s came", r.Method, r.URL) }))
	t.Cleanup(elsewhere.Close)
	secret := map[string]Endpoint{"token_endpoint": TokenEndpoint, "introspection_endpoint": IntrospectionEndpoint, "revocation_endpoint": RevocationEndpoint, "userinfo_endpoint": UserinfoEndpoint}
	for _, member := range []string{"token_endpoint", "introspection_endpoint", "revocation_endpoint", "userinfo_endpoint", "jwks_uri", "authorization_endpoint"} {
		for _, at := range []string{"https://as.example/x", elsewhere.URL + "/x", "http://as.example/x", "https://u:p@as.example/x", "/x", "file:///x"} {
			s, _ := product(t, map[string]string{wellKnown: strings.TrimSuffix(told, "}") + `,"` + member + `":"` + at + `"}`, "/t": granted})
			_, err := discover(t, s, known, nil)
			name, isSecret := secret[member]
			good := !isSecret && (strings.HasPrefix(at, "https://as") || at == elsewhere.URL+"/x")
			if (err == nil) != good || err != nil && strings.Contains(err.Error(), "u:p") {
				t.Errorf("%s at %s: %v", member, at, err)
			}
			if isSecret && at == "https://as.example/x" && (err == nil || !strings.Contains(err.Error(), "of another origin") || !strings.Contains(err.Error(), "    "+string(name)+": https://as.example/x")) {
				t.Errorf("%s: %v doesn't say how to allow it", member, err)
			}
		}
	}
}

// What the person has named is allowed, and so is all of that origin.
func TestDiscoverAllowsNamedOrigins(t *testing.T) {
	t.Parallel()
	tokens, _ := product(t, map[string]string{"/t": granted})
	metadata := strings.NewReplacer("${url}/t", tokens.URL+"/t", "${url}/i", tokens.URL+"/i").Replace(told)
	s, _ := product(t, map[string]string{wellKnown: metadata})
	if _, err := discover(t, s, known, nil); err == nil {
		t.Error("another origin is allowed")
	}
	got, err := discover(t, s, known, func(target *Target) { target.Endpoints = Endpoints{TokenEndpoint: tokens.URL + "/t"} })
	if err != nil || got.external.Endpoints[TokenEndpoint] != tokens.URL+"/t" || got.external.Endpoints[IntrospectionEndpoint] != tokens.URL+"/i" {
		t.Errorf("%+v, %v", got.external, err)
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{"https://A.example/x": "https://a.example:443", "http://[::1]:80/": "http://[::1]/y"} {
		if origin(mustURL(t, a)) != origin(mustURL(t, b)) {
			t.Errorf("%s and %s differ", a, b)
		}
	}
	for _, other := range []string{"http://a.example", "https://a.example:8443", "https://b.a.example", "https://a.example.org"} {
		if origin(mustURL(t, "https://a.example")) == origin(mustURL(t, other)) {
			t.Errorf("%s is the same", other)
		}
	}
}
