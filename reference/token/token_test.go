package token

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
)

func TestForms(t *testing.T) {
	t.Parallel()
	if got, want := Forms(), []Form{"opaque", "RS256", "ES256", "EdDSA"}; !slices.Equal(got, want) {
		t.Errorf("forms %v, want %v", got, want)
	}
	for form, want := range map[Form]Kind{"opaque": Opaque, "RS256": SelfContained, "ES256": SelfContained, "EdDSA": SelfContained} {
		if kind, ok := form.Kind(); !ok || kind != want {
			t.Errorf("%s: kind %q, %v", form, kind, ok)
		}
	}
	for _, form := range []Form{"", "none", "HS256", "Opaque", "es256"} {
		if kind, ok := form.Kind(); ok {
			t.Errorf("%q: kind %q, want none", form, kind)
		}
	}
}

func TestDraws(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		draw   func(io.Reader) (string, error)
		length int
		bits   int
	}{
		"opaque": {NewOpaque, OpaqueLength, 256},
		"id":     {NewID, IDLength, 128},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			charset := regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
			seen := map[string]bool{}
			for range 1000 {
				s, err := c.draw(rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				if len(s) != c.length || !charset.MatchString(s) {
					t.Fatalf("%d characters of the wrong length or set", len(s))
				}
				if seen[s] {
					t.Fatal("drawn twice")
				}
				seen[s] = true
			}
			// The same randomness gives the same token, and all of it counts.
			ones := strings.Repeat("\xff", c.bits/8)
			s, err := c.draw(strings.NewReader(ones))
			if raw, _ := base64.RawURLEncoding.DecodeString(s); err != nil || string(raw) != ones {
				t.Errorf("%d bits of randomness did not all reach the token: %v", c.bits, err)
			}
			if _, err := c.draw(strings.NewReader(ones[1:])); err == nil {
				t.Error("too little randomness: no error")
			}
		})
	}
}

func ring(t *testing.T, algorithms ...keys.Algorithm) *keys.Ring {
	t.Helper()
	var all []*keys.Key
	for _, a := range algorithms {
		k, err := keys.Generate(a, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, k)
	}
	r, err := keys.NewRing(all...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func signer(t *testing.T, r *keys.Ring) *Signer {
	t.Helper()
	s, err := NewSigner(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
