package cost

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/heap"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
)

// twin is the benchmark of an operation, written against the reference and not against
// [work]: what it measures should agree with the scenario's row of that name.
type twin struct {
	name  string
	bench func(*testing.B)
}

func BenchmarkCost(b *testing.B) {
	defer heap.Hold()() // as the scenario does
	for _, t := range twins(b, newMaterial(b.Context())) {
		b.Run(t.name, t.bench)
	}
}

// measured are the algorithms that have twins.
var measured = []algorithm{es256, {name: keys.EdDSA}, {name: keys.RS256, bits: 2048}}

// twins returns the benchmarks, each operation's before its limit's.
func twins(b *testing.B, m *material) []twin {
	var all []twin
	add := func(name string, once func() error) {
		all = append(all, twin{name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := once(); err != nil {
					b.Fatal(err)
				}
			}
		}})
	}
	good := func(ok bool) error {
		if !ok {
			return errors.New("a good signature is refused")
		}
		return nil
	}
	for _, a := range measured {
		name, set := "/"+a.String()+"/"+sizes[0].name, sizes[0].claims()
		text, p, err := signed(m, a, sizes[0])
		if err != nil {
			b.Fatal(err)
		}
		signer, err := m.signer(a)
		if err != nil {
			b.Fatal(err)
		}
		v, err := newVerifier(m.keys[a])
		if err != nil {
			b.Fatal(err)
		}
		input := []byte(text[:strings.LastIndexByte(text, '.')])
		raw, err := p.sign(input)
		if err != nil {
			b.Fatal(err)
		}
		add("sign"+name, func() error { _, err := signer.Sign(a.name, set); return err })
		add("limit/sign"+name, func() error { _, err := p.sign(input); return err })
		add("verify"+name, func() error { _, err := v.Verify(b.Context(), text, issuedAt); return err })
		add("limit/verify"+name, func() error { return good(p.verify(input, raw)) })
	}
	form, err := store.Hashed(store.DefaultDigest)
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"jwt-0.6k", "opaque-43"} {
		input, err := m.input(name)
		if err != nil {
			b.Fatal(err)
		}
		text := []byte(input)
		all = append(all, twin{"hash/SHA-256/" + name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				form.Key(input)
			}
		}}, twin{"limit/hash/SHA-256/" + name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sha256.Sum256(text)
			}
		}})
	}
	return all
}
