//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The issuer's table is judged by as another process wrote it, from the next request on;
// who reads it by another key accepts nothing.
func TestServeVerifierStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	form := func(name string, fill byte) string {
		secret := file(name+"-secret", base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32)))
		return fmt.Sprintf("opaque: {keep: token, at_rest: {kind: encrypted, key_file: %q}}", secret)
	}
	right, wrong := form("right", 1), form("wrong", 2)
	table := "sqlite:" + filepath.Join(dir, "tokens.db")
	issuer, _ := started(t, "serve", "issuer", "--config", file("issuer.yaml", fmt.Sprintf(`
issuer: https://as.example
resource: https://api.example
clients: [{id: app, secret: s, form: opaque, scopes: [read]}, {id: jwt, secret: s, form: ES256, scopes: [read]}]
store: %q
persistence: {%s}
`, table, right)))
	config := file("verifier.yaml", fmt.Sprintf(`
issuer: https://as.example
resource: https://api.example
introspection_endpoint: http://127.0.0.1:1/introspect
jwks_uri: %s/jwks
client_id: api
client_secret: change-me
algorithms: [ES256]
`, issuer))
	reader := func(more ...string) string {
		at, _ := started(t, append([]string{"serve", "verifier", "--config", config}, more...)...)
		return at
	}
	agreed := reader("--store-file", file("table", table+"\n"), "--persistence", file("right.yaml", right))
	misled := reader("--store", table, "--persistence", file("wrong.yaml", wrong))
	hashed, without := reader("--store", table), reader()

	p := &party{url: issuer}
	token := p.token(t, "client_credentials").Access
	present := func(at string) int {
		return call{name: "resource", url: at + "/shared-db/resource", bearer: token}.send(t)
	}
	for _, test := range []struct {
		name, at string
		status   int
	}{
		{"the issuer's form", agreed, http.StatusOK}, {"another key", misled, http.StatusUnauthorized},
		{"the default form", hashed, http.StatusUnauthorized}, {"no table", without, http.StatusNotFound},
	} {
		if got := present(test.at); got != test.status {
			t.Errorf("%s: status %d, want %d", test.name, got, test.status)
		}
	}
	if got := (call{name: "revoke", url: issuer + "/revoke", form: url.Values{"token": {token}}}).send(t); got != http.StatusOK {
		t.Fatalf("revoke: status %d", got)
	}
	if got := present(agreed); got != http.StatusUnauthorized {
		t.Errorf("after the revocation: status %d", got)
	}
}

// What is wrong with the two flags is bad usage, told without a password.
func TestServeVerifierStoreFlags(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	config := file("verifier.yaml", `{issuer: "https://as.example", resource: "https://api.example", introspection_endpoint: "http://127.0.0.1:1/i",
  jwks_uri: "http://127.0.0.1:1/j", client_id: api, client_secret: change-me, algorithms: [ES256]}`)
	table := "sqlite:" + filepath.Join(dir, "t.db")
	for name, test := range map[string]struct {
		flags []string
		says  string
	}{
		"a form without a table":  {[]string{"--persistence", file("form.yaml", "")}, "--persistence is of no use without --store"},
		"no such form":            {[]string{"--store", table, "--persistence", filepath.Join(dir, "none")}, "--persistence: "},
		"an unknown member":       {[]string{"--store", table, "--persistence", file("unknown.yaml", "x: 1")}, "--persistence: "},
		"a key that nobody has":   {[]string{"--store", table, "--persistence", file("keyless.yaml", "opaque: {at_rest: {kind: encrypted}}")}, "--persistence: "},
		"a file that isn't there": {[]string{"--store-file", filepath.Join(dir, "none")}, "--store-file: "},
		"an empty file":           {[]string{"--store-file", file("nothing", "\n")}, "--store-file: the file is empty"},
		"a store twice":           {[]string{"--store", table, "--store-file", file("twice", table)}, "--store-file: the store is given by --store"},
		"nobody there, by file":   {[]string{"--store-file", file("secret", "redis://:hunter2@127.0.0.1:1/0")}, "store"},
		"another's memory":        {[]string{"--store", "memory"}, "--store: the memory of another process"},
		"no kind of store":        {[]string{"--store", "mysql://u:hunter2@127.0.0.1/x"}, "store: none of"},
		"nobody there":            {[]string{"--store", "redis://:hunter2@127.0.0.1:1/0"}, "store"},
	} {
		cmd := exec.Command("oauthmark", append([]string{"serve", "verifier", "--listen", "127.0.0.1:0", "--config", config}, test.flags...)...)
		cmd.Env = append(os.Environ(), "NO_COLOR=1")
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != exitUsage || !strings.Contains(string(out), test.says) || strings.Contains(string(out), "hunter2") {
			t.Errorf("%s: code %d: %s", name, cmd.ProcessState.ExitCode(), out)
		}
	}
}
