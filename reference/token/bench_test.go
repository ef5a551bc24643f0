package token

import (
	"crypto"
	"crypto/rand"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// The benchmarks are of whole tokens: with their claims, header and encoding.

func BenchmarkSign(b *testing.B) {
	for _, a := range keys.Algorithms() {
		b.Run(string(a), func(b *testing.B) {
			s, c := signer(b, ring(b, a)), sample()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Sign(a, &c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, a := range keys.Algorithms() {
		b.Run(string(a), func(b *testing.B) {
			s, c := signer(b, ring(b, a)), sample()
			tok, err := s.Sign(a, &c)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Verify(tok, time.Time{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRawES256 is the primitive below Sign/ES256: what no code of ours can save.
func BenchmarkRawES256(b *testing.B) {
	k, _ := ring(b, keys.ES256).ByAlgorithm(keys.ES256)
	d := digest("x")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Private.Sign(rand.Reader, d, crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncrypt(b *testing.B) {
	for _, alg := range KeyManagements() {
		b.Run(alg, func(b *testing.B) {
			e, _, _ := pair(b, alg, "A256GCM")
			tok := signed(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Encrypt(tok); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecrypt(b *testing.B) {
	for _, alg := range KeyManagements() {
		b.Run(alg, func(b *testing.B) {
			e, d, _ := pair(b, alg, "A256GCM")
			tok, err := e.Encrypt(signed(b))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decrypt(tok); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// signed is a token as it is encrypted.
func signed(b *testing.B) string {
	b.Helper()
	c := sample()
	tok, err := signer(b, ring(b, keys.ES256)).Sign(keys.ES256, &c)
	if err != nil {
		b.Fatal(err)
	}
	return tok
}
