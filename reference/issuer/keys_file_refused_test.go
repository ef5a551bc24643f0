package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
)

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
	ring := testRing(t)
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
	i := newIssuerWith(t, config, Options{})
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
		i := newIssuerWith(t, config, Options{Keys: ring})
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
	i := newIssuerWith(t, c, Options{})
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
