package forge_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// everyKey has a key of each algorithm, made once.
var everyKey = sync.OnceValues(func() (*keys.Ring, error) { return keys.GenerateRing(rand.Reader, keys.Algorithms()...) })

func keyOf(t *testing.T, a keys.Algorithm) *keys.Key {
	t.Helper()
	all, err := everyKey()
	if err != nil {
		t.Fatal(err)
	}
	key, _ := all.ByAlgorithm(a)
	return key
}

// sample is a sound token of the key, and who verifies it.
func sample(t *testing.T, key *keys.Key) (sound *forge.Sound, verify func(string) error) {
	t.Helper()
	ring, err := keys.NewRing(key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := token.NewSigner(ring)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := signer.Sign(key.Algorithm, &token.Claims{Issuer: "https://as.example", Subject: "a<b", ID: "1", Expires: 1_700_000_000})
	if err != nil {
		t.Fatal(err)
	}
	header, err := forge.Read(tok, forge.Header)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := forge.Read(tok, forge.Payload)
	if err != nil {
		t.Fatal(err)
	}
	sign, err := forge.SignWith(key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &forge.Sound{Header: header, Payload: payload, Sign: sign},
		func(tok string) error { _, err := signer.Verify(tok, time.Time{}); return err }
}

// What forge signs, those who refuse illegal tokens accept, and they refuse the same
// token after one flipped bit.
func TestSignedTokensVerifyElsewhere(t *testing.T) {
	t.Parallel()
	for _, a := range keys.Algorithms() {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			key := keyOf(t, a)
			sound, verify := sample(t, key)
			d, _ := keys.Describe(a)
			rounds := 4
			if d.Family == keys.ECDSA {
				rounds = 64 // they differ in length as ASN.1; many rounds meet short ones
			}
			for range rounds {
				tok, err := sound.Make(forge.Recipe{})
				if err != nil {
					t.Fatal(err)
				}
				if err := verify(tok); err != nil {
					t.Fatalf("a sound token: %v", err)
				}
				if err := verifyElsewhere(tok, key, d.Family); err != nil {
					t.Fatalf("a sound token elsewhere: %v", err)
				}
				flipped, err := forge.FlipSignature(tok)
				if err != nil {
					t.Fatal(err)
				}
				if flipped == tok || len(flipped) != len(tok) {
					t.Fatal("the flipped token is the same, or of another length")
				}
				if verify(flipped) == nil {
					t.Fatal("a token with a flipped bit verifies")
				}
			}
		})
	}
}

// verifyElsewhere asks a library that reference/token doesn't sign with, where it knows
// the algorithm.
func verifyElsewhere(tok string, key *keys.Key, f keys.Family) error {
	if f == keys.MLDSA || key.Algorithm == keys.Ed25519 {
		return nil
	}
	jws, err := jose.ParseSigned(tok, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.Algorithm)})
	if err != nil {
		return err
	}
	var public any = key.Public()
	if f == keys.HMAC {
		public = key.Secret()
	}
	_, err = jws.Verify(public)
	return err
}

// A key may be taken for another of its family, and for no other.
func TestSignAs(t *testing.T) {
	t.Parallel()
	for _, a := range keys.Algorithms() {
		for _, b := range keys.Algorithms() {
			of, _ := keys.Describe(a)
			as, _ := keys.Describe(b)
			isRSA := func(d keys.Description) bool { return d.KeyType == "RSA" }
			want := of.Family == as.Family && of.Family != keys.HMAC && of.Family != keys.MLDSA || isRSA(of) && isRSA(as) || a == b && !of.Shared()
			sign, err := forge.SignAs(b, keyOf(t, a).Private, rand.Reader)
			if (err == nil) != want {
				t.Errorf("a key of %s as %s: %v", a, b, err)
			}
			if err == nil {
				if signature, err := sign([]byte("x")); err != nil || len(signature) == 0 {
					t.Errorf("a key of %s as %s: %d octets, %v", a, b, len(signature), err)
				}
			}
		}
	}
	if _, err := forge.SignAs("none", keyOf(t, keys.ES256).Private, rand.Reader); err == nil {
		t.Error("an unknown algorithm: no error")
	}
}

// What no library would sign with.
func TestOddSigners(t *testing.T) {
	t.Parallel()
	private, ok := keyOf(t, keys.PS256).Private.(*rsa.PrivateKey)
	if !ok {
		t.Fatal("no RSA key")
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small, err := forge.SignAs(keys.ES256, p224, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		sign   forge.Signer
		octets int
	}{
		"empty secret":      {forge.MAC(crypto.SHA256, nil), 32},
		"public key as one": {forge.MAC(crypto.SHA512, private.N.Bytes()), 64},
		"no salt":           {forge.PSS(crypto.SHA256, 0, private, rand.Reader), 256},
		"another curve":     {small, 56},
		"zeros":             {forge.Fixed(make([]byte, 64)), 64},
	} {
		if signature, err := c.sign([]byte("a.b")); err != nil || len(signature) != c.octets {
			t.Errorf("%s: %d octets, %v", name, len(signature), err)
		}
	}
	digest := crypto.SHA256.New()
	digest.Write([]byte("a.b"))
	unsalted, err := forge.PSS(crypto.SHA256, 0, private, rand.Reader)([]byte("a.b"))
	if err != nil {
		t.Fatal(err)
	}
	// For crypto/rsa, a salt of 0 bytes means one of any length.
	if rsa.VerifyPSS(&private.PublicKey, crypto.SHA256, digest.Sum(nil), unsalted, &rsa.PSSOptions{SaltLength: 0}) != nil ||
		rsa.VerifyPSS(&private.PublicKey, crypto.SHA256, digest.Sum(nil), unsalted, &rsa.PSSOptions{SaltLength: 32}) == nil {
		t.Error("the signature doesn't verify without a salt, or does with one")
	}
}
