package issuer

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/token"
)

// keyedConfig has a client for each algorithm that is given.
func keyedConfig(file string, algorithms ...keys.Algorithm) Config {
	c := Config{Issuer: testIssuer, Resource: testResource, KeysFile: file, Introspector: Introspector{ID: "rs", Secret: "s-rs"}}
	for _, a := range algorithms {
		c.Clients = append(c.Clients, Client{ID: string(a), Secret: Secret("s-" + a), Form: token.Form(a), Scopes: []string{"read"}})
	}
	return c
}

func rotate(i *Issuer, alg string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	i.Control().ServeHTTP(w, httptest.NewRequest("POST", "/rotate?alg="+alg, nil))
	return w
}

// published lists the kids of the public JWK Set.
func published(t *testing.T, i *Issuer) (kids, types []string) {
	t.Helper()
	var set struct {
		Keys []struct{ Kid, Kty string } `json:"keys"`
	}
	if err := json.Unmarshal(do(i, request{method: "GET", path: pathJWKS}).Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Keys {
		kids, types = append(kids, k.Kid), append(types, k.Kty)
	}
	return kids, types
}

// Tokens of before a restart are good after it, those of before a rotation as well, with
// every algorithm; and the same keys are published.
func TestKeysFileRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	clk := newClock()
	c := keyedConfig(filepath.Join(dir, "keys.json"), keys.Algorithms()...)
	start := func() (*Issuer, func()) {
		kept, err := sqlite.Open(context.Background(), filepath.Join(dir, "tokens.db"), sqlite.Options{Now: clk.now})
		if err != nil {
			t.Fatal(err)
		}
		i, err := New(c, Options{Now: clk.now, Store: kept})
		if err != nil {
			t.Fatal(err)
		}
		return i, func() {
			if err := i.Close(); err != nil {
				t.Error(err)
			}
			if err := kept.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	i, stop := start()
	toks := map[string][]string{}
	issue := func() {
		for _, a := range keys.Algorithms() {
			toks[string(a)] = append(toks[string(a)], obtain(t, i, string(a), ""))
		}
	}
	issue()
	for _, a := range keys.Algorithms() {
		d, _ := keys.Describe(a)
		if w := rotate(i, string(a)); (w.Code == 200) != !d.Shared() {
			t.Errorf("%s: rotation: status %d: %s", a, w.Code, w.Body)
		}
	}
	issue()
	ended := toks["ES256"][1]
	wantRevoked(t, giveBack(i, "ES256", ended, ""))
	kids, _ := published(t, i)
	if len(kids) != 2*14 {
		t.Errorf("%d keys are published, want two for each pair", len(kids))
	}
	stop()
	i, stop = start()
	defer func() { stop() }()
	if again, _ := published(t, i); !slices.Equal(again, kids) {
		t.Errorf("published after the restart: %v, before: %v", again, kids)
	}
	issue()
	for alg, all := range toks {
		for n, tok := range all {
			if active(t, i, tok) != (tok != ended) {
				t.Errorf("%s: token %d: active %t", alg, n, tok == ended)
			}
		}
		// What signs is what signed before the restart.
		if part(t, all[1], 0) != part(t, all[2], 0) {
			t.Errorf("%s: another key signs: %s", alg, part(t, all[2], 0))
		}
	}
	// When the overlap has ended, the old keys leave the file at the next change.
	clk.advance(DefaultLifetime + 1)
	if w := rotate(i, "ES256"); w.Code != 200 {
		t.Fatalf("status %d", w.Code)
	}
	stop()
	i, stop = start()
	if now, _ := published(t, i); len(now) != 14+1 {
		t.Errorf("%d keys are published after the overlap, want one for each pair and a replaced one", len(now))
	}
	info, err := os.Stat(c.KeysFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// An issuer adds the keys that it lacks and leaves the others; keys of a type that not
// every library knows are published while a client uses them.
func TestKeysFileGrows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	held := func() string {
		_, entries, err := keys.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, string(e.Key.Algorithm))
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	for _, step := range []struct {
		used        []keys.Algorithm
		file, types string
	}{
		{[]keys.Algorithm{keys.ES256}, "ES256", "EC"},
		{[]keys.Algorithm{keys.ES256, keys.MLDSA44}, "ES256 ML-DSA-44", "EC AKP"},
		{[]keys.Algorithm{keys.ES256, keys.EdDSA, keys.HS256}, "ES256 EdDSA HS256 ML-DSA-44", "EC OKP"},
		{[]keys.Algorithm{keys.MLDSA44}, "ES256 EdDSA HS256 ML-DSA-44", "EC OKP AKP"},
	} {
		i, err := New(keyedConfig(path, step.used...), Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, types := published(t, i)
		slices.Sort(types)
		want := strings.Fields(step.types)
		slices.Sort(want)
		if held() != step.file || !slices.Equal(types, want) {
			t.Errorf("%v: the file holds %s, and %v are published; want %s and %s", step.used, held(), types, step.file, step.types)
		}
		if alg := step.used[0]; rotate(i, string(alg)).Code != 200 || !strings.Contains(held(), "ML-DSA-44") && strings.Contains(step.file, "ML-DSA-44") {
			t.Errorf("%v: after a rotation the file holds %s", step.used, held())
		}
		if err := i.Close(); err != nil {
			t.Error(err)
		}
		// For the next step, without the key that was replaced.
		f, entries, err := keys.ReadFile(path)
		if err == nil {
			err = f.Save(slices.DeleteFunc(entries, func(e keys.Entry) bool { return !e.Until.IsZero() }))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Issuers that start at the same time have the same keys.
func TestKeysFileTogether(t *testing.T) {
	t.Parallel()
	c := keyedConfig(filepath.Join(t.TempDir(), "keys.json"), keys.ES256, keys.EdDSA)
	var all [8]*Issuer
	var starting sync.WaitGroup
	for n := range all {
		starting.Go(func() {
			i, err := New(c, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			all[n] = i
		})
	}
	starting.Wait()
	for _, i := range all {
		if i == nil {
			continue
		}
		defer i.Close()
		// Each has a store of its own, but a token without a record needs none.
		if all[0] != nil && !active(t, all[0], obtain(t, i, "ES256", "")) {
			t.Error("a token of one isn't active at another")
		}
	}
}

func TestKeysFileRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := strings.Repeat("hunter2_", 6)[:43]
	secret = secret[:42] + "A"
	shared := `{"keys":[{"kty":"oct","alg":"HS256","k":"` + secret + `"}]}`
	ring, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		hmac bool
		o    Options
		want string
	}{
		"readable by others": {file("open", shared, 0o644), false, Options{}, "chmod 600"},
		"malformed":          {file("malformed", secret, 0o600), false, Options{}, "not a JWK Set"},
		"no such folder":     {filepath.Join(dir, "absent", "keys"), false, Options{}, "no such file"},
		"twice":              {file("twice", shared, 0o600), true, Options{}, "so does hmac_keys"},
		"given keys":         {file("given", shared, 0o600), false, Options{Keys: ring}, "Options.Keys"},
		"given hmac key":     {"", true, Options{Keys: ring}, "Options.Keys"},
	} {
		config := keyedConfig(c.path, keys.HS256)
		if c.hmac {
			config.HMACKeys = map[keys.Algorithm]Secret{keys.HS256: Secret(secret)}
		}
		if _, err := New(config, c.o); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
	// A key of the configuration isn't copied into the file.
	config := keyedConfig(filepath.Join(dir, "made"), keys.HS256, keys.EdDSA)
	config.HMACKeys = map[keys.Algorithm]Secret{keys.HS256: Secret(secret)}
	i, err := New(config, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	if b, err := os.ReadFile(config.KeysFile); err != nil || strings.Contains(string(b), secret) || !strings.Contains(string(b), "EdDSA") {
		t.Errorf("the file holds the configured key: %v", err)
	}
	// Another process's keys aren't lost to a rotation, which doesn't happen then.
	if err := os.WriteFile(config.KeysFile, []byte(`{"keys":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	before, _ := i.ring.ByAlgorithm(keys.EdDSA)
	if w := rotate(i, "EdDSA"); w.Code != 409 || !strings.Contains(w.Body.String(), "keys_file") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if after, _ := i.ring.ByAlgorithm(keys.EdDSA); after != before {
		t.Error("a key signs that would be gone after a restart")
	}
}

// A rotated RSA key has the configured size or, where none is, that of the one before.
func TestRotationKeepsSize(t *testing.T) {
	t.Parallel()
	large, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.New(keys.PS256, large)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		configured, want int
	}{"as before": {0, 3072}, "as configured": {2048, 2048}} {
		ring, err := keys.NewRing(key)
		if err != nil {
			t.Fatal(err)
		}
		config := keyedConfig("", keys.PS256)
		config.RSABits = c.configured
		i, err := New(config, Options{Keys: ring})
		if err != nil {
			t.Fatal(err)
		}
		if w := rotate(i, "PS256"); w.Code != 200 {
			t.Fatalf("status %d", w.Code)
		}
		now, _ := i.Keys().ByAlgorithm(keys.PS256)
		if got := now.Public().(*rsa.PublicKey).N.BitLen(); now == key || got != c.want {
			t.Errorf("%s: %d bits, want %d", name, got, c.want)
		}
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Neither the file's keys nor what is configured is in an answer, whatever is asked.
func TestKeysFileStays(t *testing.T) {
	t.Parallel()
	c := keyedConfig(filepath.Join(t.TempDir(), "keys.json"), keys.HS256, keys.ES256, keys.MLDSA44)
	i, err := New(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	b, err := os.ReadFile(c.KeysFile)
	if err == nil {
		err = json.Unmarshal(b, &set)
	}
	if err != nil || len(set.Keys) != 3 {
		t.Fatalf("%d keys, %v", len(set.Keys), err)
	}
	var answers strings.Builder
	for _, path := range []string{pathJWKS, pathMetadata, pathOpenID, pathMetrics} {
		_, _ = io.Copy(&answers, do(i, request{method: "GET", path: path}).Body)
	}
	for _, alg := range []string{"HS256", "ES256", "ML-DSA-44"} {
		_, _ = io.Copy(&answers, rotate(i, alg).Body)
	}
	for _, k := range set.Keys {
		for _, private := range []string{"k", "d", "priv"} {
			value, ok := k[private].(string)
			if _, err := base64.RawURLEncoding.DecodeString(value); ok && (err != nil || strings.Contains(answers.String(), value)) {
				t.Errorf("%s of %s is told: %v", private, k["alg"], err)
			}
		}
	}
}
