package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const serveTestConfig = `
issuer: https://as.example
resource: https://api.example
clients: [{id: web, auth: client_secret_post, secret: s-web, form: ES256, scopes: [read]}]
`

// A token of before a restart is good after it, with a file of keys and a store that is
// one; a file that others may read is bad usage.
func TestServeRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, file := filepath.Join(dir, "issuer.yaml"), filepath.Join(dir, "keys.json")
	write(t, config, serveTestConfig+"keys_file: "+file+"\nstore: sqlite:"+filepath.Join(dir, "tokens.db")+"\n")
	credentials := url.Values{"client_id": {"web"}, "client_secret": {"s-web"}}
	with := func(name, value string) url.Values {
		form := url.Values{name: {value}}
		for name, values := range credentials {
			form[name] = values
		}
		return form
	}
	at, end := started(t, "serve", "issuer", "--config", config)
	_, m, _ := post(t, http.DefaultClient, at+"/token", with("grant_type", "client_credentials"))
	token, _ := m["access_token"].(string)
	end()
	at, end = started(t, "serve", "issuer", "--config", config)
	if _, said, _ := post(t, http.DefaultClient, at+"/introspect", with("token", token)); said["active"] != true {
		t.Errorf("after the restart: %v", said)
	}
	end()
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := makeIssuer(context.Background(), open(t, config), serveOptions{}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others may read: %v", err)
	}
}

// --store goes before what the file says, also where that can't be served: a key that
// is generated does for a store in memory.
func TestStoreFlag(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "issuer.yaml")
	write(t, config, serveTestConfig+"store: sqlite:tokens.db\npersistence: {opaque: {at_rest: {kind: encrypted}}}\n")
	if _, err := makeIssuer(context.Background(), open(t, config), serveOptions{}); err == nil || !strings.Contains(err.Error(), "key_file is missing") {
		t.Errorf("as configured: %v", err)
	}
	made, err := makeIssuer(context.Background(), open(t, config), serveOptions{store: "memory"})
	if err != nil {
		t.Fatal(err)
	}
	if err := made.stop(); err != nil {
		t.Error(err)
	}
	if _, err := makeIssuer(context.Background(), open(t, config), serveOptions{store: "sqlite:other.db"}); err == nil || !strings.Contains(err.Error(), "key_file is missing") {
		t.Errorf("another durable store: %v", err)
	}
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
