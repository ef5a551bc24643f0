package verifier

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func TestParseKeySetKeepsUsableKeys(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	short := &rsa.PublicKey{N: new(big.Int).Rsh(keys.rsa.N, 1024), E: keys.rsa.E}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		key       any
		jwk       jose.JSONWebKey
		algorithm string // "" when it must be left out
	}{
		{"RSA", keys.rsa.Public(), jose.JSONWebKey{Algorithm: "RS256", Use: "sig"}, "RS256"},
		{"RSA without alg or use", keys.rsa.Public(), jose.JSONWebKey{}, "RS256"},
		{"EC without alg", keys.ec.Public(), jose.JSONWebKey{Use: "sig"}, "ES256"},
		{"OKP without alg", keys.ed.Public(), jose.JSONWebKey{Use: "sig"}, "EdDSA"},
		{"for encryption", keys.rsa.Public(), jose.JSONWebKey{Use: "enc"}, ""},
		{"of another algorithm", keys.rsa.Public(), jose.JSONWebKey{Algorithm: "PS256"}, ""},
		{"of an algorithm that doesn't fit", keys.rsa.Public(), jose.JSONWebKey{Algorithm: "ES256"}, ""},
		{"RSA too short", short, jose.JSONWebKey{}, ""},
		{"another curve", p384.Public(), jose.JSONWebKey{}, ""},
		{"private", keys.ec, jose.JSONWebKey{}, ""},
		{"symmetric", []byte("0123456789abcdef0123456789abcdef"), jose.JSONWebKey{Algorithm: "HS256"}, ""},
	} {
		jwk := test.jwk
		jwk.Key, jwk.KeyID = test.key, "k"
		raw, err := json.Marshal(jwk)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		// Beside keys that nobody understands.
		set := `{"keys":[{"kty":"future","kid":"k"},{"kid":"k"},{"kty":"EC","crv":"P-256","kid":"k"},"k",` + string(raw) + `]}`
		got, err := parseKeySet([]byte(set))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		key, ok := got["k"]
		if ok != (test.algorithm != "") || key.algorithm != test.algorithm {
			t.Errorf("%s: algorithm %q, want %q", test.name, key.algorithm, test.algorithm)
		}
		if ok && !key.public.(interface{ Equal(crypto.PublicKey) bool }).Equal(test.key) {
			t.Errorf("%s: another key", test.name)
		}
	}
}

func TestParseKeySetLeavesOutKeysWithoutKid(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: testKeys().ec.Public()}, {Key: testKeys().rsa.Public()}}})
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := parseKeySet(raw); err != nil || len(keys) != 0 {
		t.Errorf("%v, %v", keys, err)
	}
}

// Each algorithm's keys fit no other, which is what pins a key without an alg.
func TestAlgorithmsShareNoKey(t *testing.T) {
	t.Parallel()
	for _, name := range Algorithms() {
		for _, a := range algorithms {
			if fits := a.fits(testKeys().signer(name).Public()); fits != (a.name == name) {
				t.Errorf("key of %s fits %s: %t", name, a.name, fits)
			}
		}
	}
}
