package keys

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
)

// Issue of the table: each size that it lists can be made, and no other.
func TestGenerateSized(t *testing.T) {
	t.Parallel()
	for _, a := range Algorithms() {
		d, ok := Describe(a)
		if !ok || d.Name != a || len(d.Bits) == 0 || d.Clause == "" || d.KeyType == "" {
			t.Errorf("%s: row %+v, %v", a, d, ok)
		}
		for _, bits := range []int{-1, 1, 128, 1024, d.Bits[0] - 1, d.Bits[0] + 1} {
			if _, err := GenerateSized(a, bits, rand.Reader); err == nil {
				t.Errorf("%s: a key of %d bits", a, bits)
			}
		}
	}
	for _, c := range []struct {
		alg  Algorithm
		bits int
	}{{RS256, 3072}, {PS512, 2048}, {ES512, 521}, {HS384, 384}, {HS512, 0}} {
		k, err := GenerateSized(c.alg, c.bits, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		got := 8 * len(k.Secret())
		switch public := k.Public().(type) {
		case *rsa.PublicKey:
			got = public.N.BitLen()
		case *ecdsa.PublicKey:
			got = public.Curve.Params().BitSize
		}
		if want := max(c.bits, 512); got != c.bits && got != want {
			t.Errorf("%s: %d bits, want %d", c.alg, got, c.bits)
		}
	}
}

// Where randomness is the caller's, the same gives the same key.
func TestGenerateDeterministic(t *testing.T) {
	t.Parallel()
	seed := strings.Repeat("0123456789abcdef", 8)
	for _, a := range []Algorithm{HS256, HS512, EdDSA, Ed25519, MLDSA44, MLDSA65, MLDSA87} {
		one, err := Generate(a, strings.NewReader(seed))
		if err != nil {
			t.Fatal(err)
		}
		two, err := Generate(a, strings.NewReader(seed))
		if err != nil || one.ID != two.ID {
			t.Errorf("%s: ids %s and %s (%v)", a, one.ID, two.ID, err)
		}
		if _, err := Generate(a, strings.NewReader("short")); err == nil {
			t.Errorf("%s: no error for too little randomness", a)
		}
	}
}

func TestSecretTooShort(t *testing.T) {
	t.Parallel()
	for a, bytes := range map[Algorithm]int{HS256: 31, HS384: 47, HS512: 63, ES256: 32} {
		if k, err := NewSecret(a, make([]byte, bytes)); err == nil {
			t.Errorf("%s with %d octets: got %v", a, bytes, k)
		}
	}
	secret := []byte(strings.Repeat("s", 32))
	k, err := NewSecret(HS256, secret)
	if err != nil {
		t.Fatal(err)
	}
	secret[0] = 'x'
	k.Secret()[1] = 'x'
	if string(k.Secret()) != strings.Repeat("s", 32) {
		t.Error("the key changes with what it was made from")
	}
	if _, err := k.JWK(); err == nil {
		t.Error("an HMAC key has a public JWK")
	}
}
