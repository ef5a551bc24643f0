package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func generate(t *testing.T, a Algorithm) *Key {
	t.Helper()
	k, err := Generate(a, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, a := range Algorithms() {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			k, other := generate(t, a), generate(t, a)
			if k.Algorithm != a {
				t.Errorf("algorithm %q, want %q", k.Algorithm, a)
			}
			if raw, err := base64.RawURLEncoding.DecodeString(k.ID); err != nil || len(raw) != 32 {
				t.Errorf("id %q is not a base64url SHA-256: %v", k.ID, err)
			}
			if k.ID == other.ID {
				t.Error("two keys have one id")
			}
			again, err := New(a, k.Private)
			if err != nil || again.ID != k.ID {
				t.Errorf("the same key got the id %v, want %v (%v)", again, k, err)
			}
		})
	}
}

func TestGenerateUnknown(t *testing.T) {
	t.Parallel()
	for _, a := range []Algorithm{"", "none", "HS256", "rs256", "ES256 "} {
		if _, err := Generate(a, rand.Reader); err == nil {
			t.Errorf("%q: no error", a)
		}
		if a.Known() {
			t.Errorf("%q is known", a)
		}
	}
}

// The example of RFC 8037, appendix A.3.
func TestThumbprint(t *testing.T) {
	t.Parallel()
	seed, err := base64.RawURLEncoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(EdDSA, ed25519.NewKeyFromSeed(seed))
	if err != nil {
		t.Fatal(err)
	}
	if want := "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"; k.ID != want {
		t.Errorf("id %q, want %q", k.ID, want)
	}
}

// smallRSA has a public modulus of 1024 bits and no use.
type smallRSA struct{ crypto.Signer }

func (smallRSA) Public() crypto.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}
}

func TestNewRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		alg     Algorithm
		private crypto.Signer
	}{
		"nothing":             {ES256, nil},
		"other type":          {RS256, p384},
		"other curve":         {ES256, p384},
		"RSA of 1024 bits":    {RS256, smallRSA{}},
		"unknown algorithm":   {"ES384", p384},
		"EdDSA with an EC":    {EdDSA, p384},
		"algorithm not given": {"", p384},
	} {
		if k, err := New(c.alg, c.private); err == nil {
			t.Errorf("%s: got %v, want an error", name, k)
		}
	}
}

func TestRing(t *testing.T) {
	t.Parallel()
	first, second, ed := generate(t, ES256), generate(t, ES256), generate(t, EdDSA)
	r, err := NewRing(first, second, ed)
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := r.ByAlgorithm(ES256); !ok || k != first {
		t.Errorf("signing key is %v, want the first", k)
	}
	if k, ok := r.ByID(second.ID); !ok || k != second {
		t.Errorf("key by id is %v, want %v", k, second)
	}
	if _, ok := r.ByAlgorithm(RS256); ok {
		t.Error("found a key of an algorithm that is not there")
	}
	if _, ok := r.ByID("../" + first.ID); ok {
		t.Error("found a key that is not there")
	}
	for name, keys := range map[string][]*Key{
		"twice the same": {first, first},
		"no id":          {{Algorithm: ES256, Private: first.Private}},
		"rebound":        {{ID: "x", Algorithm: EdDSA, Private: first.Private}},
	} {
		if _, err := NewRing(keys...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestJWKS(t *testing.T) {
	t.Parallel()
	var all []*Key
	for _, a := range Algorithms() {
		all = append(all, generate(t, a))
	}
	r, err := NewRing(all...)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := r.JWKS(); !bytes.Equal(b, again) {
		t.Error("two calls gave different bytes")
	}
	var raw struct{ Keys []map[string]any }
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	if len(raw.Keys) != len(all) {
		t.Fatalf("%d keys, want %d", len(raw.Keys), len(all))
	}
	kty := map[Algorithm]string{RS256: "RSA", ES256: "EC", EdDSA: "OKP"}
	for i, m := range raw.Keys {
		want := map[string]any{"use": "sig", "alg": string(all[i].Algorithm), "kid": all[i].ID, "kty": kty[all[i].Algorithm]}
		for name, v := range want {
			if m[name] != v {
				t.Errorf("key %d: %s is %v, want %v", i, name, m[name], v)
			}
		}
		// RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1: the private members.
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
			if _, ok := m[private]; ok {
				t.Errorf("key %d has the private member %q", i, private)
			}
		}
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(b, &set); err != nil {
		t.Fatal(err)
	}
	for i, k := range set.Keys {
		if !k.Valid() || !k.IsPublic() {
			t.Errorf("key %d is not a valid public key", i)
		}
	}
}

func TestEmptyJWKS(t *testing.T) {
	t.Parallel()
	r, err := NewRing()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := r.JWKS(); err != nil || string(b) != `{"keys":[]}` {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	t.Parallel()
	k := generate(t, EdDSA)
	private := k.Private.(ed25519.PrivateKey)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", k)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", k)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "key", k)
	b, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
	for _, form := range []string{
		fmt.Sprintf("%x", private[:8]),
		fmt.Sprint(private[:4])[1:],
		base64.StdEncoding.EncodeToString(private)[:10],
	} {
		if strings.Contains(out.String(), strings.TrimSuffix(form, "]")) {
			t.Errorf("the private key prints: %s", out.String())
		}
	}
	if n := strings.Count(out.String(), k.ID); n != 10 {
		t.Errorf("the id prints %d times, want 10:\n%s", n, out.String())
	}
}
