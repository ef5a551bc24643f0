package jwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/keys"
)

func generate[K any](t *testing.T, key K, err error) K {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestParseKeySetKeepsUsableKeys(t *testing.T) {
	t.Parallel()
	rsaKey, errRSA := rsa.GenerateKey(rand.Reader, 2048)
	ecKey, errEC := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edKey, errEd := ed25519.GenerateKey(rand.Reader)
	p384, err384 := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	generate(t, rsaKey, errRSA)
	generate(t, ecKey, errEC)
	generate(t, edKey, errEd)
	generate(t, p384, err384)
	short := &rsa.PublicKey{N: new(big.Int).Rsh(rsaKey.N, 1024), E: rsaKey.E}
	three := []keys.Algorithm{keys.RS256, keys.ES256, keys.EdDSA}
	for _, test := range []struct {
		name      string
		key       any
		jwk       jose.JSONWebKey
		more      string // members beside those
		allowed   []keys.Algorithm
		algorithm keys.Algorithm // "" when it must be left out
	}{
		{"RSA", rsaKey.Public(), jose.JSONWebKey{Algorithm: "RS256", Use: "sig"}, "", three, "RS256"},
		{"RSA without alg or use", rsaKey.Public(), jose.JSONWebKey{}, "", three, "RS256"},
		{"RSA without alg, where two fit", rsaKey.Public(), jose.JSONWebKey{}, "", []keys.Algorithm{keys.RS256, keys.PS256}, ""},
		{"RSA with alg, where two fit", rsaKey.Public(), jose.JSONWebKey{Algorithm: "PS256"}, "", []keys.Algorithm{keys.RS256, keys.PS256}, "PS256"},
		{"EC without alg", ecKey.Public(), jose.JSONWebKey{Use: "sig"}, "", three, "ES256"},
		{"OKP without alg", edKey.Public(), jose.JSONWebKey{Use: "sig"}, "", three, "EdDSA"},
		{"to verify with", ecKey.Public(), jose.JSONWebKey{}, `"key_ops":["verify"]`, three, "ES256"},
		{"to sign with", ecKey.Public(), jose.JSONWebKey{}, `"key_ops":["sign"]`, three, ""},
		{"for nothing", ecKey.Public(), jose.JSONWebKey{}, `"key_ops":[]`, three, ""},
		{"for encryption", rsaKey.Public(), jose.JSONWebKey{Use: "enc"}, "", three, ""},
		{"of another algorithm", rsaKey.Public(), jose.JSONWebKey{Algorithm: "PS256"}, "", three, ""},
		{"of an algorithm that doesn't fit", rsaKey.Public(), jose.JSONWebKey{Algorithm: "ES256"}, "", three, ""},
		{"of an algorithm that isn't allowed", ecKey.Public(), jose.JSONWebKey{}, "", three[:1], ""},
		{"RSA too short", short, jose.JSONWebKey{}, "", three, ""},
		{"RSA with exponent 1", &rsa.PublicKey{N: rsaKey.N, E: 1}, jose.JSONWebKey{}, "", three, ""},
		{"another curve", p384.Public(), jose.JSONWebKey{}, "", three, ""},
		{"private", ecKey, jose.JSONWebKey{}, "", three, ""},
		{"symmetric", bytes.Repeat([]byte("k"), 32), jose.JSONWebKey{Algorithm: "HS256"}, "", []keys.Algorithm{keys.HS256}, ""},
	} {
		jwk := test.jwk
		jwk.Key, jwk.KeyID = test.key, "k"
		raw, err := json.Marshal(jwk)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if test.more != "" {
			raw = append(append(raw[:len(raw)-1], ','), test.more+"}"...)
		}
		// Beside keys that nobody understands.
		set := `{"keys":[{"kty":"future","kid":"k"},{"kid":"k"},{"kty":"EC","crv":"P-256","kid":"k"},"k",` + string(raw) + `]}`
		got, err := ParseKeySet([]byte(set), test.allowed)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		key, ok := got["k"]
		if ok != (test.algorithm != "") || ok && key.Algorithm != test.algorithm {
			t.Errorf("%s: %+v, want %q", test.name, key, test.algorithm)
		}
		if ok && !key.Public.(interface{ Equal(crypto.PublicKey) bool }).Equal(test.key) {
			t.Errorf("%s: another key", test.name)
		}
	}
}

func TestParseKeySetRefuses(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	raw, errJSON := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: "k"})
	if err != nil || errJSON != nil {
		t.Fatal(err, errJSON)
	}
	for name, set := range map[string]string{
		"two keys with one kid": `{"keys":[` + string(raw) + `,` + string(raw) + `]}`,
		"no keys":               `{}`,
		"null keys":             `{"keys":null}`,
		"keys twice":            `{"keys":[],"keys":[]}`,
		"an array":              `[]`,
		"nothing":               ``,
	} {
		if got, err := ParseKeySet([]byte(set), []keys.Algorithm{keys.EdDSA}); err == nil {
			t.Errorf("%s: accepted: %v", name, got)
		}
	}
}

// A key without a kid is of use alone.
func TestParseKeySetKeysWithoutKid(t *testing.T) {
	t.Parallel()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	bare, named := jose.JSONWebKey{Key: public}, jose.JSONWebKey{Key: public, KeyID: "k"}
	for _, test := range []struct {
		set  []jose.JSONWebKey
		want string // the kids
	}{{[]jose.JSONWebKey{bare}, "[]"}, {[]jose.JSONWebKey{bare, bare}, ""}, {[]jose.JSONWebKey{bare, named}, "[k]"}} {
		raw, err := json.Marshal(jose.JSONWebKeySet{Keys: test.set})
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseKeySet(raw, []keys.Algorithm{keys.EdDSA})
		kids := slices.Sorted(maps.Keys(got))
		if said := fmt.Sprint(kids); err != nil || len(kids) > 0 && said != test.want || len(kids) == 0 && test.want != "" {
			t.Errorf("%s, %v, want %s", said, err, test.want)
		}
	}
}

// With a key of small order, one signature is valid for many texts.
func TestParseKeyRefusesSmallOrder(t *testing.T) {
	t.Parallel()
	for _, x := range []string{"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		if key, err := ParseKey([]byte(`{"kty":"OKP","crv":"Ed25519","x":"`+x+`"}`), []keys.Algorithm{keys.EdDSA}); err == nil {
			t.Errorf("accepted: %v", key)
		}
	}
}

// The modulus of a generator whose keys can be factored is a power of 65537 modulo
// each of the primes that tell; that of another isn't.
func TestFactorable(t *testing.T) {
	t.Parallel()
	if !factorable(new(big.Int).Exp(big.NewInt(65537), big.NewInt(128), nil)) {
		t.Error("a power of 65537 is not recognized")
	}
	good, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if factorable(good.N) {
		t.Error("a good key is refused")
	}
}
