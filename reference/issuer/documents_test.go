package issuer

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestMetadata(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	w := do(i, request{method: "GET", path: "/.well-known/oauth-authorization-server"})
	if ct := w.Header().Get("Content-Type"); w.Code != http.StatusOK || ct != "application/json" {
		t.Errorf("status %d, Content-Type %q", w.Code, ct)
	}
	want := map[string]any{
		"dpop_signing_alg_values_supported":             []any{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"},
		"introspection_signing_alg_values_supported":    []any{"RS256", "ES256", "EdDSA"},
		"protected_resources":                           []any{testResource},
		"issuer":                                        testIssuer,
		"token_endpoint":                                testIssuer + "/token",
		"introspection_endpoint":                        testIssuer + "/introspect",
		"jwks_uri":                                      testIssuer + "/jwks",
		"grant_types_supported":                         []any{"client_credentials"},
		"token_endpoint_auth_methods_supported":         []any{"client_secret_basic"},
		"introspection_endpoint_auth_methods_supported": []any{"client_secret_basic"},
		"revocation_endpoint":                           testIssuer + "/revoke",
		"revocation_endpoint_auth_methods_supported":    []any{"client_secret_basic"},
		"scopes_supported":                              []any{"<&>", "read", "write"},
	}
	if got := object(t, w); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// RFC 8414, section 3.2: arrays with no elements are omitted.
func TestMetadataWithoutScopes(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.Clients = nil
	m := object(t, do(newIssuer(t, c, newClock()), request{method: "GET", path: pathMetadata}))
	for name, v := range m {
		if list, ok := v.([]any); (ok && len(list) == 0) || v == nil {
			t.Errorf("%s is %v", name, v)
		}
	}
}

// What the metadata names works, wherever the issuer identifier points.
func TestMetadataIsTrue(t *testing.T) {
	t.Parallel()
	for issuer, where := range map[string]string{
		"https://as.example":           "/.well-known/oauth-authorization-server",
		"https://as.example/":          "/.well-known/oauth-authorization-server",
		"http://127.0.0.1:8080/tenant": "/.well-known/oauth-authorization-server/tenant",
		"https://as.example/a/b/":      "/.well-known/oauth-authorization-server/a/b",
	} {
		t.Run(issuer, func(t *testing.T) {
			t.Parallel()
			c := testConfig()
			c.Issuer = issuer
			i := newIssuer(t, c, newClock())
			m := object(t, do(i, request{method: "GET", path: where}))
			if m["issuer"] != issuer {
				t.Errorf("issuer %v, want %q", m["issuer"], issuer)
			}
			at := func(name string) string {
				s, _ := m[name].(string)
				u, err := url.Parse(s)
				if err != nil || !strings.HasPrefix(s, issuer) {
					t.Fatalf("%s is %q", name, s)
				}
				return u.Path
			}
			w := do(i, request{path: at("token_endpoint"), id: "ES256", secret: "s-ES256", body: plainGrant})
			tok, _ := object(t, w)["access_token"].(string)
			w = do(i, request{path: at("introspection_endpoint"), id: "rs", secret: "s-rs", body: "token=" + tok})
			if got := object(t, w); got["active"] != true || got["iss"] != issuer {
				t.Errorf("active %v, iss %v", got["active"], got["iss"])
			}
			if w := do(i, request{method: "GET", path: at("jwks_uri")}); w.Code != http.StatusOK {
				t.Errorf("jwks: status %d", w.Code)
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	server := httptest.NewServer(i)
	defer server.Close()
	for path, media := range map[string]string{
		pathJWKS: "application/jwk-set+json", pathMetadata: "application/json", pathHealth: "text/plain; charset=utf-8",
	} {
		for method, status := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "DELETE": 405} {
			r, err := http.NewRequest(method, server.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != status {
				t.Errorf("%s %s: status %d, want %d", method, path, res.StatusCode, status)
			}
			if allow := res.Header.Get("Allow"); (allow == "GET, HEAD") != (status == 405) {
				t.Errorf("%s %s: Allow is %q", method, path, allow)
			}
			if ct := res.Header.Get("Content-Type"); status == 200 && (ct != media || res.ContentLength <= 0) {
				t.Errorf("%s %s: Content-Type %q, %d bytes", method, path, ct, res.ContentLength)
			}
		}
	}
	for _, path := range []string{"/", "/token/", "/Token", "/jwks.json"} {
		if w := do(i, request{method: "GET", path: path}); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}
