package issuer

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
		i := newIssuerWith(t, c, Options{Now: clk.now, Store: kept})
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
		i := newIssuerWith(t, keyedConfig(path, step.used...), Options{})
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
