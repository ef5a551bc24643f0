package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A proxy and the file of trusted certificates hold for every request: discovery's, the
// checks', and those of the verifier.
func TestProxyHoldsForAll(t *testing.T) {
	t.Parallel()
	secure := certify(t, "server", nil)
	cert, key := secure.files(t)
	config := filepath.Join(t.TempDir(), "issuer.yaml")
	write(t, config, `
issuer: https://as.example
resource: https://api.example
introspector: {id: rs, secret: s3cr3t-rs}
clients:
  - {id: me, secret: s3cr3t, form: ES256, scopes: [read]}
`)
	at, _ := started(t, "serve", "issuer", "--config", config, "--tls-cert", cert, "--tls-key", key)
	server, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	asked := map[string]int{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.Method+" "+r.Host]++
		mu.Unlock()
		to, err := net.Dial("tcp", server.Host)
		if err != nil {
			t.Error(err)
			return
		}
		defer to.Close()
		w.WriteHeader(http.StatusOK)
		c, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		go func() { _, _ = io.Copy(to, buffered) }()
		_, _ = io.Copy(c, to)
	}))
	t.Cleanup(proxy.Close)
	run := func(env ...string) (int, string) {
		t.Helper()
		cmd := exec.Command("oauthmark", "conform", "--target", "https://as.example", "--runtime", "process", "--out", t.TempDir())
		cmd.Env = append(os.Environ(), append(env, "OAUTHMARK_CLIENT_ID=me", "OAUTHMARK_CLIENT_SECRET=s3cr3t", "OAUTHMARK_INTROSPECTION_CLIENT_ID=rs", "OAUTHMARK_INTROSPECTION_CLIENT_SECRET=s3cr3t-rs", "HOME="+t.TempDir(), "NO_PROXY=")...)
		said, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(said)
	}
	code, said := run("HTTPS_PROXY="+proxy.URL, "SSL_CERT_FILE="+cert)
	mu.Lock()
	if code != exitPass || len(asked) != 1 || asked["CONNECT as.example:443"] < 2 {
		t.Errorf("exit code %d, the proxy was asked for %v\n%s", code, asked, said)
	}
	mu.Unlock()
	if code, said := run("HTTPS_PROXY=" + proxy.URL); code != exitUsage || !strings.Contains(said, "SSL_CERT_FILE") {
		t.Errorf("without the certificate: exit code %d\n%s", code, said)
	}
}
