package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
)

// A client is known by its certificate, self-signed or by a CA, over the command's own
// listener, and its tokens are bound to it; one without a certificate is served, too.
func TestServeTLS(t *testing.T) {
	t.Parallel()
	own, authority := certify(t, "server", nil), certify(t, "CA", nil)
	self, chained, stranger := certify(t, "self", nil), certify(t, "chained", authority), certify(t, "chained", nil)
	cert, key := own.files(t)
	roots, _ := authority.files(t)
	config := filepath.Join(t.TempDir(), "issuer.yaml")
	write(t, config, fmt.Sprintf(`
issuer: https://as.example
resource: https://api.example
clients:
  - {id: self, auth: self_signed_tls_client_auth, certificate: {sha256: %q}, form: ES256, scopes: [read], bound: mtls}
  - {id: chained, auth: tls_client_auth, certificate: {subject: CN=chained}, form: opaque, scopes: [read], bound: mtls}
  - {id: web, auth: client_secret_post, secret: s-web, form: opaque, scopes: [read]}
introspectors: [{id: web, sees: [cnf]}]
`, self.thumbprint()))
	for name, tt := range map[string]struct {
		flags []string
		want  map[string]int
	}{
		"roots":    {[]string{"--client-ca", roots}, map[string]int{"self": 200, "chained": 200}},
		"no roots": {nil, map[string]int{"self": 200, "chained": 401}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, _ := started(t, append([]string{"serve", "issuer", "--config", config, "--tls-cert", cert, "--tls-key", key}, tt.flags...)...)
			if !strings.HasPrefix(at, "https://127.0.0.1:") {
				t.Fatalf("listens on %s", at)
			}
			ask := func(id string, shows *certified, want int) map[string]any {
				t.Helper()
				c := own.client(t, shows)
				form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}}
				if id == "web" {
					form.Set("client_secret", "s-web")
				}
				status, m, protocol := post(t, c, at+"/token", form)
				if status != want || protocol != 2 {
					t.Errorf("%s: status %d over HTTP/%d, want %d over HTTP/2", id, status, protocol, want)
				}
				return m
			}
			ask("web", nil, 200)
			ask("web", stranger, 200)
			ask("self", nil, 401)
			ask("self", chained, 401)
			ask("chained", nil, 401)
			ask("chained", stranger, 401)
			for id, shows := range map[string]*certified{"self": self, "chained": chained} {
				m := ask(id, shows, tt.want[id])
				if tt.want[id] != 200 {
					continue
				}
				_, said, _ := post(t, own.client(t, nil), at+"/introspect", url.Values{
					"token": {m["access_token"].(string)}, "client_id": {"web"}, "client_secret": {"s-web"},
				})
				if bound, _ := said["cnf"].(map[string]any); bound["x5t#S256"] != shows.thumbprint() {
					t.Errorf("%s: bound to %v, want %s", id, said["cnf"], shows.thumbprint())
				}
			}
			res, err := http.Get(strings.Replace(at, "https:", "http:", 1) + "/healthz")
			if err == nil {
				res.Body.Close()
			}
			if err == nil && res.StatusCode != 400 {
				t.Errorf("without TLS: status %d", res.StatusCode)
			}
		})
	}
}

// A verifier has the same listener.
func TestServeVerifierTLS(t *testing.T) {
	t.Parallel()
	own := certify(t, "server", nil)
	cert, key := own.files(t)
	config := filepath.Join(t.TempDir(), "verifier.yaml")
	write(t, config, `
issuer: http://127.0.0.1:1
resource: https://api.example
introspection_endpoint: http://127.0.0.1:1/introspect
jwks_uri: http://127.0.0.1:1/jwks
client_id: api
client_secret: change-me
algorithms: [ES256]
`)
	at, _ := started(t, "serve", "verifier", "--config", config, "--tls-cert", cert, "--tls-key", key)
	res, err := own.client(t, nil).Get(at + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.ProtoMajor != 2 {
		t.Errorf("status %d over HTTP/%d", res.StatusCode, res.ProtoMajor)
	}
}

// A file that is missing or wrong is bad usage, with what to do, and nothing of a key.
func TestTLSFiles(t *testing.T) {
	t.Parallel()
	cert, key := certify(t, "server", nil).files(t)
	other, otherKey := certify(t, "other", nil).files(t)
	for name, tt := range map[string]struct {
		files tlsFiles
		want  string
	}{
		"no key":         {tlsFiles{cert: cert}, "without the other"},
		"no certificate": {tlsFiles{key: key}, "without the other"},
		"roots alone":    {tlsFiles{clientCA: cert}, "without both"},
		"absent":         {tlsFiles{cert: cert + "x", key: key}, "no such file"},
		"not a pair":     {tlsFiles{cert: cert, key: otherKey}, "does not match"},
		"exchanged":      {tlsFiles{cert: key, key: cert}, "openssl req"},
		"absent roots":   {tlsFiles{cert, key, other + "x"}, "no such file"},
		"roots of a key": {tlsFiles{cert, key, key}, "no certificate in it"},
	} {
		_, err := tt.files.load("serve issuer")
		if exitCode(err) != exitUsage || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "-----BEGIN") {
			t.Errorf("%s: %v, want bad usage with %q", name, err, tt.want)
		}
	}
	if s, err := (tlsFiles{}).load("serve issuer"); s != nil || err != nil {
		t.Errorf("without files: %v, %v", s, err)
	}
	if s, err := (tlsFiles{cert, key, other}).load("serve issuer"); s == nil || err != nil {
		t.Errorf("with all files: %v, %v", s, err)
	}
}

// Who can't prove who it is over the listener is named when the server starts.
func TestUnprovable(t *testing.T) {
	t.Parallel()
	clients := []issuer.Client{{ID: "self", Auth: issuer.SelfSignedTLSClientAuth}, {ID: "web"}, {ID: "chained", Auth: issuer.TLSClientAuth}}
	for _, tt := range []struct {
		files tlsFiles
		want  string
	}{
		{tlsFiles{}, "self chained"}, {tlsFiles{cert: "c", key: "k"}, "chained"}, {tlsFiles{"c", "k", "r"}, ""},
	} {
		var names []string
		for _, c := range unprovable(clients, tt.files) {
			if names = append(names, c.ID); !strings.Contains(remedyOf(c.Auth), "--tls-cert") {
				t.Errorf("%s: %s", c.ID, remedyOf(c.Auth))
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.files, got, tt.want)
		}
	}
}

// A server that ends tells whoever reads its event stream, over either protocol.
func TestServeEndsStreams(t *testing.T) {
	t.Parallel()
	own := certify(t, "server", nil)
	cert, key := own.files(t)
	config := filepath.Join(t.TempDir(), "issuer.yaml")
	write(t, config, `
issuer: https://as.example
resource: https://api.example
clients: [{id: web, secret: s-web, form: opaque, scopes: [read]}]
`)
	for name, flags := range map[string][]string{"HTTP/1.1": nil, "HTTP/2.0": {"--tls-cert", cert, "--tls-key", key}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, end := started(t, append([]string{"serve", "issuer", "--config", config}, flags...)...)
			r, err := http.NewRequest(http.MethodGet, at+"/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.SetBasicAuth("web", "s-web")
			res, err := own.client(t, nil).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != 200 || res.Proto != name {
				t.Fatalf("status %d over %s", res.StatusCode, res.Proto)
			}
			go end()
			if _, err := io.ReadAll(res.Body); err != nil { // one that is cut off ends unexpectedly
				t.Errorf("the stream: %v", err)
			}
		})
	}
}
