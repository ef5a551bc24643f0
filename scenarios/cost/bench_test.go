package cost

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
)

// The benchmarks are the twins of operations, written against the reference and not
// against [work]: what they measure should agree with the scenario's rows, whose names
// they have.

var measured = []algorithm{es256, {name: keys.EdDSA}, {name: keys.RS256, bits: 2048}}

func BenchmarkCost(b *testing.B) {
	m := newMaterial(b.Context())
	for _, a := range measured {
		s := sizes[0]
		name := "/" + a.String() + "/" + s.name
		b.Run("sign"+name, func(b *testing.B) {
			signer, err := m.signer(a)
			if err != nil {
				b.Fatal(err)
			}
			set := s.claims()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := signer.Sign(a.name, set); err != nil {
					b.Fatal(err)
				}
			}
		})
		text, p, err := signed(m, a, s)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("verify"+name, func(b *testing.B) {
			v, err := newVerifier(m.keys[a])
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(b.Context(), text, issuedAt); err != nil {
					b.Fatal(err)
				}
			}
		})
		input := []byte(text[:strings.LastIndexByte(text, '.')])
		raw, err := p.sign(input)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("limit/sign"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.sign(input); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("limit/verify"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !p.verify(input, raw) {
					b.Fatal("a good signature is refused")
				}
			}
		})
	}
	for _, name := range []string{"jwt-0.6k", "opaque-43"} {
		input, err := m.input(name)
		if err != nil {
			b.Fatal(err)
		}
		form, err := store.Hashed(store.DefaultDigest)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("hash/SHA-256/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				form.Key(input)
			}
		})
		text := []byte(input)
		b.Run("limit/hash/SHA-256/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sha256.Sum256(text)
			}
		})
	}
}
