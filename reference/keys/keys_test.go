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
)

func generate(t *testing.T, a Algorithm) *Key {
	t.Helper()
	k, err := Generate(a, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// rebind makes the same key anew.
func rebind(k *Key) (*Key, error) {
	if k.Private == nil {
		return NewSecret(k.Algorithm, k.Secret())
	}
	return New(k.Algorithm, k.Private)
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
			again, err := rebind(k)
			if err != nil || again.ID != k.ID {
				t.Errorf("the same key got the id %v, want %v (%v)", again, k, err)
			}
		})
	}
}

func TestGenerateUnknown(t *testing.T) {
	t.Parallel()
	for _, a := range []Algorithm{"", "none", "HS1", "rs256", "ml-dsa-44", "Ed448", "ES256 "} {
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
	mldsa65 := generate(t, MLDSA65).Private
	for name, c := range map[string]struct {
		alg     Algorithm
		private crypto.Signer
	}{
		"nothing":             {ES256, nil},
		"other type":          {RS256, p384},
		"other curve":         {ES256, p384},
		"RSA of 1024 bits":    {RS256, smallRSA{}},
		"unknown algorithm":   {"ES385", p384},
		"HMAC with an EC":     {HS256, p384},
		"ML-DSA with an EC":   {MLDSA44, p384},
		"other parameter set": {MLDSA44, mldsa65},
		"EdDSA with an EC":    {EdDSA, p384},
		"algorithm not given": {"", p384},
	} {
		if k, err := New(c.alg, c.private); err == nil {
			t.Errorf("%s: got %v, want an error", name, k)
		}
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	t.Parallel()
	ed, hs := generate(t, EdDSA), generate(t, HS256)
	for k, private := range map[*Key][]byte{ed: ed.Private.(ed25519.PrivateKey), hs: hs.Secret()} {
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
			strings.Trim(fmt.Sprint(private[:4]), "[]"),
			base64.StdEncoding.EncodeToString(private)[:10],
		} {
			if strings.Contains(out.String(), form) {
				t.Errorf("the private key prints: %s", out.String())
			}
		}
		if n := strings.Count(out.String(), k.ID); n != 10 {
			t.Errorf("the id prints %d times, want 10:\n%s", n, out.String())
		}
	}
}
