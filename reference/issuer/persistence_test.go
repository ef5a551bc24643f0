package issuer

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
)

// atRestForms are the forms of the test, with keys in files of the test's folder.
func atRestForms(t *testing.T) map[string]AtRest {
	t.Helper()
	dir := t.TempDir()
	aesFile, rsaFile := filepath.Join(dir, "aes"), filepath.Join(dir, "rsa.pem")
	key := make([]byte, store.AESKeySize)
	_, _ = rand.Read(key)
	private, err := rsa.GenerateKey(rand.Reader, generatedRSABits)
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	for name, b := range map[string][]byte{aesFile: []byte(base64.RawURLEncoding.EncodeToString(key) + "\n"), rsaFile: block} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]AtRest{
		"default": {}, "plain": {Kind: Plain}, "SHA3-512": {Kind: Hashed, Digest: "SHA3-512"},
		"AES": {Kind: Encrypted, KeyFile: aesFile}, "RSA": {Kind: Encrypted, Cipher: RSAOAEP, KeyFile: rsaFile},
	}
}

// Whatever is kept, and however it looks: a token is active until it is revoked, and
// stays revoked through a restart, where the others are still active.
func TestPersistence(t *testing.T) {
	t.Parallel()
	forms := atRestForms(t)
	for _, keep := range store.Keeps() {
		for name, form := range forms {
			for _, durable := range []bool{false, true} {
				where := map[bool]string{false: "memory", true: "sqlite"}[durable]
				t.Run(string(keep)+", "+name+", "+where, func(t *testing.T) {
					t.Parallel()
					c := testConfig()
					c.Persistence.SelfContained = Kept{Keep(keep), form}
					c.Persistence.Opaque.AtRest = form
					if keep == store.KeepToken {
						c.Persistence.Opaque.Keep = Keep(keep)
					}
					persists(t, c, durable, form.Kind == Plain)
				})
			}
		}
	}
}

func persists(t *testing.T, c Config, durable, plain bool) {
	clk := newClock()
	file := filepath.Join(t.TempDir(), "tokens.db")
	ring := testRing(t)
	start := func() (*Issuer, func()) {
		o := Options{Now: clk.now, Keys: ring}
		if durable {
			var err error
			if o.Store, err = sqlite.Open(context.Background(), file, sqlite.Options{Now: clk.now}); err != nil {
				t.Fatal(err)
			}
		}
		i := newIssuerWith(t, c, o)
		return i, func() {
			if err := i.Close(); err != nil {
				t.Error(err)
			}
			if durable {
				if err := o.Store.Close(); err != nil {
					t.Error(err)
				}
			}
		}
	}
	i, stop := start()
	tokens := map[string][2]string{}
	for _, id := range []string{"opaque", "ES256"} {
		pair := [2]string{obtain(t, i, id, ""), obtain(t, i, id, "")}
		tokens[id] = pair
		for _, tok := range pair {
			if !active(t, i, tok) {
				t.Errorf("%s: a new token isn't active", id)
			}
		}
		wantRevoked(t, giveBack(i, id, pair[0], ""))
	}
	judge := func() {
		for id, pair := range tokens {
			wantInactive(t, i, pair[0])
			if !active(t, i, pair[1]) {
				t.Errorf("%s: the other token isn't active", id)
			}
		}
	}
	judge()
	if !durable {
		stop()
		return
	}
	stop()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for id, pair := range tokens {
		for _, tok := range pair {
			if !plain && bytes.Contains(b, []byte(tok)) {
				t.Errorf("%s: the token is in the file", id)
			}
		}
	}
	if plain && !bytes.Contains(b, []byte(tokens["opaque"][0])) {
		t.Error("a plain token isn't in the file: the test looks in the wrong place")
	}
	i, stop = start()
	defer stop()
	judge()
}

// A store that is down is no reason to call a hybrid token inactive, and one that is
// back needs no restart.
func TestPersistenceRecovers(t *testing.T) {
	t.Parallel()
	clk := newClock()
	memory := store.NewMemory(clk.now, sweepPeriod)
	defer memory.Close()
	s := &failingStore{Store: memory}
	s.left.Store(1 << 30)
	c := testConfig()
	c.Persistence.SelfContained.Keep = Keep(store.KeepClaims)
	i := newIssuerOn(t, c, clk, s)
	tok, gone := obtain(t, i, "ES256", ""), obtain(t, i, "ES256", "")
	wantRevoked(t, giveBack(i, "ES256", gone, ""))
	s.left.Store(0)
	wantProblem(t, introspect(i, tok), 503, "temporarily_unavailable")
	wantProblem(t, giveBack(i, "ES256", tok, ""), 503, "temporarily_unavailable")
	wantProblem(t, do(i, request{path: "/token", id: "ES256", secret: "s-ES256", body: "grant_type=client_credentials"}), 503, "temporarily_unavailable")
	s.left.Store(1 << 30)
	if !active(t, i, tok) {
		t.Error("not active after the recovery")
	}
	wantInactive(t, i, gone)
}

func TestPersistenceErrors(t *testing.T) {
	t.Parallel()
	const head = "issuer: https://as.example\nresource: urn:api\n"
	for name, c := range map[string]struct{ text, want string }{
		"store":              {"store: mysql://u:hunter2@h/d\n", "line 3: store: none of memory, sqlite:PATH"},
		"store without":      {"store: 'sqlite:'\n", "line 3: store"},
		"keep":               {"persistence: {opaque: {keep: hunter2}}\n", "line 3: persistence.opaque.keep: none of [nothing id claims token]"},
		"opaque, too little": {"persistence: {opaque: {keep: id}}\n", "opaque: keep: persistence: id is not enough: the claims of an opaque token have to be kept: write claims or token"},
		"kind":               {"persistence:\n  opaque:\n    at_rest: {kind: hunter2}\n", "line 5: persistence.opaque.at_rest.kind: none of [plain hashed encrypted]"},
		"digest":             {"persistence: {opaque: {at_rest: {digest: hunter2}}}\n", "line 3: persistence.opaque.at_rest.digest: none of [MD5 "},
		"digest of plain":    {"persistence: {opaque: {at_rest: {kind: plain, digest: MD5}}}\n", "digest: not for kind plain"},
		"cipher":             {"persistence: {opaque: {at_rest: {kind: encrypted, cipher: DES}}}\n", "line 3: persistence.opaque.at_rest.cipher: none of [AES-256-GCM RSA-OAEP]"},
		"key of hashed":      {"persistence: {opaque: {at_rest: {key_file: k}}}\n", "cipher and key_file: not for kind hashed"},
		"unknown key":        {"persistence: {refresh: {}}\n", `line 3: persistence: unknown key "refresh"`},
		"generated key":      {"store: sqlite:x\npersistence: {self_contained: {at_rest: {kind: encrypted}}}\n", "key_file is missing"},
		"rsa_bits":           {"rsa_bits: 1024\n", "rsa_bits: none of 2048, 3072, 4096"},
		"hmac key of RS256":  {"hmac_keys: {RS256: hunter2}\n", "hmac_keys: not for an algorithm"},
		"short hmac key":     {"hmac_keys: {HS256: hunter22}\n", "a secret of at least 256 bits"},
		"hmac key as text":   {"hmac_keys: {HS256: 'hunter2!'}\n", "not base64url"},
	} {
		_, err := ParseConfig(strings.NewReader(head + c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
	c := testConfig()
	c.Store = "sqlite:x"
	if _, err := New(c, Options{}); err == nil || !strings.Contains(err.Error(), "Options.Store") {
		t.Errorf("a store that nobody opened: %v", err)
	}
	c.Store = ""
	c.Persistence.Opaque.AtRest.Kind = Encrypted
	memory := store.NewMemory(newClock().now, sweepPeriod)
	defer memory.Close()
	if _, err := New(c, Options{Store: memory}); err == nil || !strings.Contains(err.Error(), "key_file is missing") {
		t.Errorf("a generated key for a store that is given: %v", err)
	}
}
