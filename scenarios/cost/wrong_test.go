package cost

import (
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// TestWrongOutputsAreFound spoils what an operation produced.
func TestWrongOutputsAreFound(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	t.Cleanup(func() { closed(t, m) })
	prepare := func(p func(*material) (work, work, error)) (work, work) {
		does, limit, err := p(m)
		if err != nil {
			t.Fatal(err)
		}
		return does, limit
	}
	hash, sum := prepare(hashing("SHA-512/256", "jti"))
	sign, raw := prepare(signing(es256, sizes[0]))
	verify, rawVerify := prepare(verifying(es256, sizes[0]))
	other, _ := prepare(verifying(es256, sizes[0]))
	keep, _ := prepare(keeping(place{"memory", 1000}, 1))
	f := m.stores[place{"memory", 1000}]
	tests := []struct {
		name  string
		work  work
		spoil func()
	}{
		{"store key", hash, func() { hash.(*storeKey).out = store.Key("another") }},
		{"digest", sum, func() { sum.(*digest[[32]byte]).out[0] ^= 1 }},
		{"token", sign, func() { w := sign.(*issuance); w.out = alter(w.out, len(w.out)-20) }},
		{"token of other claims", sign, func() {
			w := sign.(*issuance)
			c := *w.claims
			c.Scope = "all"
			w.out, _ = w.signer.Sign(w.algorithm, &c)
		}},
		{"signature", raw, func() { w := raw.(*signature); w.out[len(w.out)-1] ^= 1 }},
		{"claims", verify, func() { verify.(*acceptance).out.ID = "another" }},
		{"verifier that takes the altered token", other, func() { w := other.(*acceptance); w.altered = w.token }},
		{"verification", rawVerify, func() { rawVerify.(*verification).out = false }},
		{"record", keep, func() { f.next++ }},
	}
	for _, tt := range tests {
		if err := tt.work.Do(1); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		tt.spoil()
		if tt.work.Check() == nil {
			t.Errorf("%s: the check passes what is wrong", tt.name)
		}
	}
}

// What opens or encrypts is found out when it gives something else.
func TestWrongSealsAreFound(t *testing.T) {
	t.Parallel()
	same := func(b []byte) (string, error) { return string(b), nil }
	for name, w := range map[string]work{
		"opens another": opening("a", func() (string, error) { return "b", nil }),
		"seals another": closing("a", func() ([]byte, error) { return []byte("b"), nil }, same),
		"takes changed": closing("a", func() ([]byte, error) { return []byte("a"), nil }, func([]byte) (string, error) { return "a", nil }),
	} {
		if err := w.Do(1); err != nil {
			t.Fatal(err)
		}
		if w.Check() == nil {
			t.Errorf("what %s isn't found", name)
		}
	}
}

// TestVerifierRefuses proves that what is timed is a whole validation.
func TestVerifierRefuses(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	k, err := m.key(es256)
	if err != nil {
		t.Fatal(err)
	}
	v, err := newVerifier(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		edit func(*token.Claims)
		want claims.Reason
	}{
		{"good", func(*token.Claims) {}, ""},
		{"issuer", func(c *token.Claims) { c.Issuer += "/" }, claims.ReasonIssuer},
		{"audience", func(c *token.Claims) { c.Audience = "https://api.example" }, claims.ReasonAudience},
		{"expired", func(c *token.Claims) { c.Expires = issuedAt.Unix() - 1 }, claims.ReasonExpired},
	} {
		c := plainClaims()
		tt.edit(c)
		text, err := m.token(es256, c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = v.Verify(t.Context(), text, issuedAt); (tt.want == "") != (err == nil) || tt.want != "" && !refusedFor(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	foreign, err := m.token(algorithm{name: keys.EdDSA}, plainClaims())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), foreign, issuedAt); !refusedFor(err, claims.ReasonAlgorithm) {
		t.Errorf("a token of another algorithm: %v", err)
	}
}
