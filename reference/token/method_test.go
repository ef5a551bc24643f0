package token

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// independently verifies with another library than the one that signed: go-jose
// where it knows the algorithm, else the primitive itself.
func independently(k *keys.Key, tok string) bool {
	i := strings.LastIndexByte(tok, '.')
	signature, err := base64.RawURLEncoding.DecodeString(tok[i+1:])
	if err != nil {
		return false
	}
	input := []byte(tok[:i])
	switch public := k.Public().(type) {
	case *mldsa44.PublicKey:
		return mldsa44.Scheme().Verify(public, input, signature, nil)
	case *mldsa65.PublicKey:
		return mldsa65.Scheme().Verify(public, input, signature, nil)
	case *mldsa87.PublicKey:
		return mldsa87.Scheme().Verify(public, input, signature, nil)
	case nil:
		return jws(k.Algorithm, k.Secret(), tok)
	case ed25519.PublicKey:
		if k.Algorithm == keys.Ed25519 {
			return ed25519.Verify(public, input, signature)
		}
	}
	return jws(k.Algorithm, k.Public(), tok)
}

func jws(a keys.Algorithm, key any, tok string) bool {
	object, err := jose.ParseSignedCompact(tok, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(a)})
	if err != nil {
		return false
	}
	_, err = object.Verify(key)
	return err == nil
}

func TestEveryAlgorithmIndependently(t *testing.T) {
	t.Parallel()
	for _, a := range keys.Algorithms() {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			r := ring(t, a)
			s := signer(t, r)
			k, _ := r.ByAlgorithm(a)
			c := sample()
			tok, err := s.Sign(a, &c)
			if err != nil {
				t.Fatal(err)
			}
			if !independently(k, tok) {
				t.Error("another library refuses the token")
			}
			part := strings.Split(tok, ".")
			changed := c
			changed.Scope = "admin"
			forged := base64.RawURLEncoding.EncodeToString(changed.appendPayload(nil))
			for name, bad := range map[string]string{
				"other payload":      part[0] + "." + forged + "." + part[2],
				"first of signature": part[0] + "." + part[1] + "." + flip(part[2], 0),
				"in the signature":   part[0] + "." + part[1] + "." + flip(part[2], len(part[2])/2),
				"shorter signature":  tok[:len(tok)-4],
				"longer signature":   tok + "AAAA",
			} {
				if _, err := s.Verify(bad, time.Time{}); err == nil {
					t.Errorf("%s: no error", name)
				}
			}
			other := ring(t, a)
			stranger, _ := other.ByAlgorithm(a)
			if independently(stranger, tok) {
				t.Error("another key verifies the token")
			}
			if _, err := signer(t, other).Verify(tok, time.Time{}); err == nil {
				t.Error("a signer with other keys recognizes the token")
			}
		})
	}
}

func flip(s string, i int) string {
	c := byte('A')
	if s[i] == c {
		c = 'B'
	}
	return s[:i] + string(c) + s[i+1:]
}

// The methods take no key of another algorithm.
func TestMethodsPinTheirKeys(t *testing.T) {
	t.Parallel()
	other := map[keys.Algorithm]keys.Algorithm{
		keys.MLDSA44: keys.MLDSA65, keys.MLDSA65: keys.MLDSA87, keys.MLDSA87: keys.ES256, keys.ES256: keys.ES384,
		keys.ES384: keys.RS256, keys.RS256: keys.ES256, keys.PS256: keys.EdDSA, keys.HS256: keys.ES256, keys.Ed25519: keys.MLDSA44,
	}
	for a, b := range other {
		k, _ := ring(t, b).ByAlgorithm(b)
		if _, err := methods[a].Sign("x", k.Private); err == nil {
			t.Errorf("%s signs with a key of %s", a, b)
		}
		if err := methods[a].Verify("x", make([]byte, 64), k.Public()); err == nil {
			t.Errorf("%s verifies with a key of %s", a, b)
		}
	}
}

// A salt of another length is another algorithm (RFC 7518, section 3.5).
func TestPSSSaltLength(t *testing.T) {
	t.Parallel()
	k, _ := ring(t, keys.PS256).ByAlgorithm(keys.PS256)
	private := k.Private.(*rsa.PrivateKey)
	for salt, want := range map[int]bool{rsa.PSSSaltLengthAuto: false, 20: false, 32: true, 64: false} {
		signature, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, digest("x"), &rsa.PSSOptions{SaltLength: salt})
		if err != nil {
			t.Fatal(err)
		}
		if err := methods[keys.PS256].Verify("x", signature, &private.PublicKey); (err == nil) != want {
			t.Errorf("salt of %d octets: %v", salt, err)
		}
	}
}

// The working group's JWS examples for RFC 9964, by the key of the all-zero seed.
func TestMLDSAExamples(t *testing.T) {
	t.Parallel()
	for _, a := range []keys.Algorithm{keys.MLDSA44, keys.MLDSA65, keys.MLDSA87} {
		b, err := os.ReadFile("testdata/" + string(a) + ".jws")
		if err != nil {
			t.Fatal(err)
		}
		k, err := keys.NewMLDSA(a, [keys.SeedBytes]byte{})
		if err != nil {
			t.Fatal(err)
		}
		signature, rest, err := Split(strings.TrimSpace(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := encoding.DecodeString(signature)
		if err != nil {
			t.Fatal(err)
		}
		if err := methods[a].Verify(rest, raw, k.Public()); err != nil {
			t.Errorf("%s: %v", a, err)
		}
		raw[len(raw)/2] ^= 1
		if err := methods[a].Verify(rest, raw, k.Public()); err == nil {
			t.Errorf("%s: a changed signature verifies", a)
		}
	}
}
