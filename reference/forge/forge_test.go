package forge_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/forge"
)

func keyFor(t *testing.T, alg string) crypto.Signer {
	t.Helper()
	switch alg {
	case "RS256":
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		return k
	case "ES256":
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	case "EdDSA":
		_, k, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	t.Fatalf("no key for %s", alg)
	return nil
}

// What forge signs, a library that refuses illegal tokens accepts, and it refuses
// the same token after one flipped bit.
func TestSignedTokensVerifyElsewhere(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"RS256", "ES256", "EdDSA"} {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			key := keyFor(t, alg)
			sign, err := forge.SignWith(alg, key, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			header, err := forge.Object(map[string]any{"alg": alg, "typ": "at+jwt"})
			if err != nil {
				t.Fatal(err)
			}
			// Signatures of ECDSA differ in length as ASN.1; many rounds meet short ones.
			for range 64 {
				token, err := forge.Token(header, []byte(`{"sub":"a<b"}`), sign)
				if err != nil {
					t.Fatal(err)
				}
				if err := verify(token, alg, key.Public()); err != nil {
					t.Fatalf("a sound token: %v", err)
				}
				flipped, err := forge.FlipSignature(token)
				if err != nil {
					t.Fatal(err)
				}
				if flipped == token || len(flipped) != len(token) {
					t.Fatal("the flipped token is the same, or of another length")
				}
				if verify(flipped, alg, key.Public()) == nil {
					t.Fatal("a token with a flipped bit verifies")
				}
			}
		})
	}
}

func verify(token, alg string, key crypto.PublicKey) error {
	jws, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return err
	}
	_, err = jws.Verify(key)
	return err
}

func TestSignWithRefusesMismatches(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		alg string
		key crypto.Signer
	}{
		{"ES256", keyFor(t, "EdDSA")},
		{"EdDSA", keyFor(t, "ES256")},
		{"RS512", keyFor(t, "RS256")},
		{"ES256", p384},
	} {
		if _, err := forge.SignWith(c.alg, c.key, rand.Reader); err == nil {
			t.Errorf("%s with a %T: no error", c.alg, c.key.Public())
		}
	}
}

// Nothing is too broken to be built.
func TestTokenTakesAnyBytes(t *testing.T) {
	t.Parallel()
	token, err := forge.Token([]byte(`{"alg":"none","alg":"ES256"`), []byte{0xff, 0x00}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(token, ".") {
		t.Errorf("without a signer: %q, want an empty signature", token)
	}
	header, err := forge.Read(token, forge.Header)
	if err != nil || string(header) != `{"alg":"none","alg":"ES256"` {
		t.Errorf("header read back: %q, %v", header, err)
	}
	payload, err := forge.Read(token, forge.Payload)
	if err != nil || string(payload) != "\xff\x00" {
		t.Errorf("payload read back: %q, %v", payload, err)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	token, err := forge.Token([]byte("h"), []byte("p"), func([]byte) ([]byte, error) { return []byte("sig"), nil })
	if err != nil {
		t.Fatal(err)
	}
	dropped, err := forge.Replace(token, forge.Signature, nil)
	if err != nil || dropped != "aA.cA." {
		t.Errorf("dropped: %q, %v", dropped, err)
	}
	if _, err := forge.FlipSignature(dropped); err == nil {
		t.Error("flipping a bit of no signature: no error")
	}
	replaced, err := forge.Replace(token, forge.Payload, []byte("q"))
	if err != nil || replaced != "aA.cQ.c2ln" {
		t.Errorf("replaced: %q, %v", replaced, err)
	}
	for _, opaque := range []string{"", "abc", "a.b", "a.b.c.d"} {
		if _, err := forge.FlipSignature(opaque); err == nil {
			t.Errorf("%q is no JWT, and no error", opaque)
		}
	}
}

func TestObjectIsStable(t *testing.T) {
	t.Parallel()
	got, err := forge.Object(map[string]any{"b": "<&>", "a": 1})
	if err != nil || string(got) != `{"a":1,"b":"<&>"}` {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := forge.Object(map[string]any{"a": func() {}}); err == nil {
		t.Error("a member that JSON can't hold: no error")
	}
}
