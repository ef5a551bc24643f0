package token

import (
	"errors"
	"testing"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, form := range Forms() {
		if !form.Split() {
			continue
		}
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			a, c := form.Algorithm(), sample()
			s := signer(t, ring(t, a))
			tok, err := s.Sign(a, &c)
			if err != nil {
				t.Fatal(err)
			}
			signature, rest, err := Split(tok)
			if err != nil || Join(signature, rest) != tok {
				t.Errorf("split into %d and %d characters of %d, %v", len(signature), len(rest), len(tok), err)
			}
			if !LooksOpaque(signature) || !LooksSplit(signature) || LooksOpaque(rest) || LooksOpaque(tok) {
				t.Errorf("a signature of %d characters looks opaque: %v; the rest: %v", len(signature), LooksOpaque(signature), LooksOpaque(rest))
			}
			// Many algorithms sign the same to the same, which is why each token has a jti.
			c.ID = "another"
			again, err := s.Sign(a, &c)
			if other, _, _ := Split(again); err != nil || other == signature {
				t.Errorf("two tokens have one signature, %v", err)
			}
		})
	}
	for _, bad := range []string{"", "a", "a.b", "a.b.", "a.b.c.d", "a.b.c.d.e"} {
		if signature, rest, err := Split(bad); !errors.Is(err, ErrMalformed) || signature+rest != "" {
			t.Errorf("%q: %q and %q, %v", bad, signature, rest, err)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"", "a.b.c", "a.b.", ".b.c", "..", "a.b.c.d", "a.b.c\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		signature, rest, err := Split(token)
		if err == nil && (Join(signature, rest) != token || signature == "" || LooksOpaque(rest)) {
			t.Errorf("split %q into %q and %q", token, signature, rest)
		}
	})
}
