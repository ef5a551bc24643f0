package cost

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestEachOperationIsRight(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	for _, op := range table {
		does, limit, err := op.prepare(m)
		if err != nil {
			t.Fatalf("%s: %v", op.name, err)
		}
		for name, w := range map[string]work{op.name: does, "limit/" + op.name: limit} {
			if err := w.Check(); err == nil {
				t.Errorf("%s: the check passes before anything was done", name)
			}
			if err := w.Do(3); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := w.Check(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if w.Size() == 0 {
				t.Errorf("%s: has no input", name)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	does, limit, err := hashOpaque(m)
	if err != nil {
		t.Fatal(err)
	}
	if does.Size() != 43 || limit.Size() != 43 {
		t.Errorf("an opaque token has %d bytes, want 43", does.Size())
	}
	does, _, err = hashJWT(m)
	if err != nil {
		t.Fatal(err)
	}
	if n := does.Size(); n < 550 || n > 650 {
		t.Errorf("a self-contained token has %d bytes, want about 600", n)
	}
	sign, raw, err := signing(es256)(m)
	if err != nil {
		t.Fatal(err)
	}
	if sign.Size() != raw.Size() {
		t.Errorf("signing works on %d bytes and its limit on %d", sign.Size(), raw.Size())
	}
}

// TestWrongOutputsAreFound spoils what an operation produced.
func TestWrongOutputsAreFound(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	prepare := func(p func(*material) (work, work, error)) (work, work) {
		does, limit, err := p(m)
		if err != nil {
			t.Fatal(err)
		}
		return does, limit
	}
	hash, sum := prepare(hashOpaque)
	sign, raw := prepare(signing(es256))
	verify, rawVerify := prepare(verifying(es256))
	tests := []struct {
		name  string
		work  work
		spoil func()
	}{
		{"store key", hash, func() { w := hash.(*storeKey); w.out = alter(w.out, 3) }},
		{"store key that is text", hash, func() { hash.(*storeKey).out = "not base64url" }},
		{"digest", sum, func() { sum.(*digest).out[0] ^= 1 }},
		{"token", sign, func() { w := sign.(*issuance); w.out = alter(w.out, len(w.out)-20) }},
		{"signature", raw, func() { w := raw.(*signature); w.out[len(w.out)-1] ^= 1 }},
		{"claims", verify, func() { verify.(*acceptance).out.ID = "another" }},
		{"verifier that takes the altered token", verify, func() { w := verify.(*acceptance); w.altered = w.token }},
		{"verification", rawVerify, func() { rawVerify.(*verification).out = false }},
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

// TestVerifierRefuses proves that what is timed is a whole validation.
func TestVerifierRefuses(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	good, err := m.key(es256)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newMaterial(t.Context()).key(es256)
	if err != nil {
		t.Fatal(err)
	}
	v := newVerifier(es256, good)
	tests := []struct {
		name string
		edit func(*jwt.Token, *claims)
		key  key
		want string // in the error; empty for a token to be accepted
	}{
		{"good", func(*jwt.Token, *claims) {}, good, ""},
		{"long typ", func(tok *jwt.Token, _ *claims) { tok.Header["typ"] = "application/at+jwt" }, good, ""},
		{"issuer", func(_ *jwt.Token, c *claims) { c.Issuer = issuer + "/" }, good, "issuer"},
		{"audience", func(_ *jwt.Token, c *claims) { c.Audience = jwt.ClaimStrings{"https://api.example"} }, good, "audience"},
		{"expired", func(_ *jwt.Token, c *claims) { c.ExpiresAt = jwt.NewNumericDate(issuedAt.Add(-time.Second)) }, good, "expired"},
		{"no exp", func(_ *jwt.Token, c *claims) { c.ExpiresAt = nil }, good, "exp"},
		{"typ of an ID token", func(tok *jwt.Token, _ *claims) { tok.Header["typ"] = "JWT" }, good, "typ"},
		{"no typ", func(tok *jwt.Token, _ *claims) { delete(tok.Header, "typ") }, good, "typ"},
		{"unknown kid", func(tok *jwt.Token, _ *claims) { tok.Header["kid"] = "x" }, good, "kid"},
		{"another key", func(*jwt.Token, *claims) {}, key{good.id, other.private}, "signature"},
	}
	for _, tt := range tests {
		set := newClaims()
		tok := unsigned(es256.method, good, set)
		tt.edit(tok, set)
		text, err := tok.SignedString(tt.key.private)
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.verify(text)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: the error is %v, want one of %q", tt.name, err, tt.want)
		}
	}
	foreign, err := m.token(edDSA)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.verify(foreign); err == nil {
		t.Error("a token of another algorithm is accepted")
	}
}
