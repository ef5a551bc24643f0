package jwt

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

const (
	testIssuer   = "https://issuer.oauthmark.test"
	testResource = "https://resource.oauthmark.test"
)

// finder has one key set, and no way to get another.
type finder map[string]*Key

func (f finder) Find(_ context.Context, kid string) (*Key, error) {
	if key, ok := f[kid]; ok {
		return key, nil
	}
	return nil, claims.Refuse(claims.ReasonKeyUnknown)
}

// BenchmarkVerify measures a verification next to its limit: the signature check
// alone, and a decoding of the same JSON by the standard library.
func BenchmarkVerify(b *testing.B) {
	now := time.Now()
	for _, a := range []keys.Algorithm{keys.RS256, keys.ES256, keys.EdDSA} {
		v, tok := signed(b, a, now)
		b.Run(string(a)+"/verify", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(context.Background(), tok, now); err != nil {
					b.Fatal(err)
				}
			}
		})
		parts, err := splitSigned(tok, MaxToken)
		if err != nil {
			b.Fatal(err)
		}
		signature, _ := base64.RawURLEncoding.DecodeString(parts.signature)
		head, _ := base64.RawURLEncoding.DecodeString(parts.header)
		payload, _ := base64.RawURLEncoding.DecodeString(parts.payload)
		key := v.rules.Keys.(finder)[string(a)]
		raw := rawVerify(a, key.Public)
		b.Run(string(a)+"/limit", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !raw([]byte(parts.input), signature) {
					b.Fatal("not valid")
				}
				var h struct{ Alg, Kid, Typ string }
				var c struct {
					Iss, Sub, Aud, Jti, Scope string
					ClientID                  string `json:"client_id"`
					Exp, Iat                  int64
				}
				if json.Unmarshal(head, &h) != nil || json.Unmarshal(payload, &c) != nil {
					b.Fatal("not JSON")
				}
			}
		})
	}
}

// signed returns a token of the reference issuer, and a verifier of such.
func signed(t testing.TB, a keys.Algorithm, now time.Time) (*Verifier, string) {
	t.Helper()
	key, err := keys.Generate(a, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key.ID = string(a)
	ring, err := keys.NewRing(key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := token.NewSigner(ring)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := signer.Sign(a, &token.Claims{Issuer: testIssuer, Audience: testResource, Subject: "app", ClientID: "app",
		Scope: "read write", IssuedAt: now.Unix(), Expires: now.Unix() + 3600, ID: strings.Repeat("i", 22)})
	if err != nil {
		t.Fatal(err)
	}
	found := &Key{string(a), a, key.Public()}
	if secret := key.Secret(); key.Private == nil {
		found.Public = secret
	}
	v, err := New(Rules{Expect: claims.Expectation{Issuer: testIssuer, Resource: testResource}, Algorithms: []keys.Algorithm{a}, Keys: finder{string(a): found}})
	if err != nil {
		t.Fatal(err)
	}
	return v, tok
}
