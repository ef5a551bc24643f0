package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever is sent, the answer is one of those that a client can understand, never a
// 500 or nothing, and the server goes on.
func TestServeVerifierHostile(t *testing.T) {
	t.Parallel()
	issuer := newSigningKey(t)
	config := filepath.Join(t.TempDir(), "verifier.yaml")
	write(t, config, fmt.Sprintf(`
issuer: https://as.example
resource: https://api.example
introspection_endpoint: %[1]s/introspect
jwks_uri: %[1]s/jwks
client_id: api
client_secret: change-me
algorithms: [ES256]
`, issuer.published(t)))
	at, _ := started(t, "serve", "verifier", "--config", config)
	long := func(n int) string { return strings.Repeat("x", n) }
	signed := issuer.sign(t, map[string]any{"alg": "ES256", "kid": issuer.key.ID, "typ": "at+jwt"}, map[string]any{"iss": "x"})
	bearer := func(token string) string { return "Authorization: Bearer " + token + "\r\n" }
	for _, test := range []struct {
		name, method, target, headers string
		status                        int
		challenge                     string // how the first one goes on after the metadata
	}{
		{"nothing", "GET", "", "", 401, ""},
		{"empty", "GET", "", "Authorization: \r\n", 401, ""},
		{"spaces", "GET", "", "Authorization:    \r\n", 401, ""},
		{"Basic", "GET", "", "Authorization: Basic dTpw\r\n", 401, ""},
		{"token in the query", "GET", "?access_token=" + signed, "", 401, ""},
		{"token twice", "GET", "?access_token=x", bearer(signed), 400, `error="invalid_request"`},
		{"token twice, encoded", "GET", "?%61ccess_token=x", bearer(signed), 400, `error="invalid_request"`},
		{"two headers", "GET", "", bearer("a") + bearer("b"), 400, `error="invalid_request"`},
		{"no token", "GET", "", "Authorization: Bearer\r\n", 400, `error="invalid_request"`},
		{"two tokens", "GET", "", bearer("a b"), 400, `error="invalid_request"`},
		{"quotes", "GET", "", bearer(`a"b\`), 400, `error="invalid_request"`},
		{"beyond ASCII", "GET", "", bearer("\xff\xfe"), 400, `error="invalid_request"`},
		{"dots", "GET", "", bearer(strings.Repeat(".", 15000)), 401, `error="invalid_token"`},
		{"two dots", "GET", "", bearer(".."), 401, ``},
		{"opaque", "GET", "", bearer("2YotnFZFEjr1zCsicMWpAA"), 401, `error="invalid_token"`},
		{"claims missing", "GET", "", bearer(signed), 401, `error="invalid_token"`},
		{"long token", "GET", "", bearer(long(16<<10 + 1)), 401, `error="invalid_token", error_description="the token is too long for this resource server"`},
		{"deep header", "GET", "", bearer("W1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tb.e30.AA"), 401, `error="invalid_token"`},
		{"DPoP without a proof", "GET", "", "Authorization: DPoP " + signed + "\r\n", 401, ``},
		{"proof that is none", "GET", "", "Authorization: DPoP " + signed + "\r\nDPoP: ..\r\n", 401, ``},
		{"headers of 60 kB", "GET", "", "X: " + long(60<<10) + "\r\n", 401, ""},
		{"headers of 80 kB", "GET", "", "X: " + long(80<<10) + "\r\n", 431, "-"},
		{"token of 80 kB", "GET", "", bearer(long(80 << 10)), 431, "-"},
		{"many headers", "GET", "", strings.Repeat("X: y\r\n", 20000), 431, "-"},
		{"long target", "GET", "?" + long(80<<10), "", 431, "-"},
		{"POST", "POST", "", "Content-Length: 0\r\n", 405, "-"},
		{"NUL", "GET", "", "Authorization: Bearer a\x00b\r\n", 400, "-"},
	} {
		for _, strategy := range []string{"local", "introspect-cached"} {
			status, challenges := raw(t, at, fmt.Sprintf("%s /%s/resource%s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", test.method, strategy, test.target, test.headers))
			want := []int{test.status}
			if strategy != "local" && strings.Contains(test.challenge+"-", "invalid_token") || test.challenge == `` && test.headers != "" {
				want = append(want, 401, 503) // nobody answers introspection here
			}
			if !slices.Contains(want, status) {
				t.Errorf("%s, %s: status %d, want %d", test.name, strategy, status, want)
			}
			if status != 401 && status != 400 || test.challenge == "-" {
				continue
			}
			const common = ` realm="https://api.example", resource_metadata="https://api.example/.well-known/oauth-protected-resource"`
			if len(challenges) != 2 || !strings.HasPrefix(challenges[0], "Bearer"+common) && !strings.HasPrefix(challenges[0], "DPoP"+common) ||
				!strings.Contains(challenges[0], test.challenge) || test.headers == "" && strings.Contains(challenges[0], "error") || strings.Contains(challenges[1], "error") {
				t.Errorf("%s, %s: challenges %q", test.name, strategy, challenges)
			}
		}
	}
	if status, _ := raw(t, at, "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"); status != 200 {
		t.Errorf("afterwards: status %d", status)
	}
}

// raw sends bytes and returns the answer's status and its challenges.
func raw(t *testing.T, at, request string) (status int, challenges []string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, request) }() // the server may answer before the end
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%.60q: %v", request, err)
	}
	defer response.Body.Close()
	return response.StatusCode, response.Header.Values("WWW-Authenticate")
}
