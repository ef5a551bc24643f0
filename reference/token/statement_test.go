package token

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// A statement is signed with a key that is published, verifies, and is no token.
func TestSignStatement(t *testing.T) {
	t.Parallel()
	mac, err := keys.Generate(keys.HS256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []keys.Algorithm{keys.ES256, keys.EdDSA, keys.MLDSA44} {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			key, err := keys.Generate(a, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			ring, err := keys.NewRing(mac, key)
			if err != nil {
				t.Fatal(err)
			}
			s, err := NewSigner(ring)
			if err != nil {
				t.Fatal(err)
			}
			text, err := s.SignStatement("x+jwt", "", []byte(`{"a":1}`))
			if err != nil {
				t.Fatal(err)
			}
			part := strings.Split(text, ".")
			header, _ := encoding.DecodeString(part[0])
			signature, _ := encoding.DecodeString(part[2])
			if want := `{"typ":"x+jwt","alg":"` + string(a) + `","kid":"` + key.ID + `"}`; string(header) != want {
				t.Errorf("header %s, want %s", header, want)
			}
			if err := methods[a].Verify(part[0]+"."+part[1], signature, key.Public()); err != nil {
				t.Error(err)
			}
			if _, err := s.Verify(text, time.Now()); err == nil {
				t.Error("a statement passes for a token")
			}
		})
	}
	ring, err := keys.NewRing(mac)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSigner(ring)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignStatement("x+jwt", "", nil); err == nil {
		t.Error("signed with a key that nobody can verify with")
	}
}
