package cost

import (
	"fmt"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// The benchmarks are the twins of the operations, written against the library and
// not against [work]: what they measure should agree with the scenario's rows.

var algorithms = []algorithm{es256, edDSA, rs256}

func BenchmarkSign(b *testing.B) {
	for _, alg := range algorithms {
		b.Run(alg.method.Alg(), func(b *testing.B) {
			k, err := newMaterial(b.Context()).key(alg)
			if err != nil {
				b.Fatal(err)
			}
			set := newClaims()
			b.ReportAllocs()
			for b.Loop() {
				t := jwt.NewWithClaims(alg.method, set)
				t.Header["typ"], t.Header["kid"] = "at+jwt", k.id
				if _, err := t.SignedString(k.private); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, alg := range algorithms {
		b.Run(alg.method.Alg(), func(b *testing.B) {
			m := newMaterial(b.Context())
			token, err := m.token(alg)
			if err != nil {
				b.Fatal(err)
			}
			v := newVerifier(alg, m.keys[alg.method.Alg()])
			b.ReportAllocs()
			for b.Loop() {
				var set claims
				if _, err := v.parser.ParseWithClaims(token, &set, v.find); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLimit(b *testing.B) {
	for _, alg := range algorithms {
		m := newMaterial(b.Context())
		k, err := m.key(alg)
		if err != nil {
			b.Fatal(err)
		}
		text, err := unsigned(alg.method, k, newClaims()).SigningString()
		if err != nil {
			b.Fatal(err)
		}
		input := []byte(text)
		signature, err := alg.sign(k.private, input)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("sign/%s", alg.method.Alg()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := alg.sign(k.private, input); err != nil {
					b.Fatal(err)
				}
			}
		})
		public := k.private.Public()
		b.Run(fmt.Sprintf("verify/%s", alg.method.Alg()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !alg.verify(public, input, signature) {
					b.Fatal("a good signature is refused")
				}
			}
		})
	}
}
