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
	want := []Form{"opaque", "uuid"}
	for _, prefix := range []string{"", "phantom-", "split-"} {
		for _, a := range keys.Algorithms() {
			if d, _ := keys.Describe(a); prefix != "split-" || !d.Shared() {
				want = append(want, Form(prefix+string(a)))
			}
		}
	}
	if got := Forms(); !slices.Equal(got, want) || len(got) != 2+17+17+14 {
		t.Errorf("forms %v, want %v", got, want)
	}
	for _, form := range Forms() {
		phantom, split := strings.HasPrefix(string(form), "phantom-"), strings.HasPrefix(string(form), "split-")
		drawn := form == OpaqueForm || form == UUIDForm || phantom
		want := SelfContained
		if drawn || split {
			want = Opaque
		}
		if kind, ok := form.Kind(); !ok || kind != want || form.Phantom() != phantom || form.Split() != split {
			t.Errorf("%s: kind %q, %v, phantom %v, split %v", form, kind, ok, form.Phantom(), form.Split())
		}
		if a := form.Algorithm(); (a == "") != (form == OpaqueForm || form == UUIDForm) || !strings.HasSuffix(string(form), string(a)) {
			t.Errorf("%s: algorithm %q", form, a)
		}
		tok, err := form.Draw(rand.Reader)
		if (err == nil) != drawn || drawn != LooksOpaque(tok) || LooksSplit(tok) {
			t.Errorf("%s: drew %d characters, %v", form, len(tok), err)
		}
	}
	for _, form := range []Form{"", "none", "HS1", "Opaque", "UUID", "es256", "phantom-", "phantom-opaque", "Phantom-ES256", "phantomES256",
		"split-", "split-HS256", "split-uuid", "split-split-ES256", "phantom-split-ES256"} {
		if kind, ok := form.Kind(); ok {
			t.Errorf("%q: kind %q, want none", form, kind)
		}
		if _, err := form.Draw(rand.Reader); err == nil {
			t.Errorf("%q: drawn", form)
		}
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	// RFC 9562, section 5.4: the version is 4 and the variant 10, whatever was drawn.
	for drawn, want := range map[string]string{
		"\x00": "00000000-0000-4000-8000-000000000000",
		"\xff": "ffffffff-ffff-4fff-bfff-ffffffffffff",
		"\x5a": "5a5a5a5a-5a5a-4a5a-9a5a-5a5a5a5a5a5a",
	} {
		if got, err := NewUUID(strings.NewReader(strings.Repeat(drawn, 16))); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if _, err := NewUUID(strings.NewReader("short")); err == nil {
		t.Error("too little randomness: no error")
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

func ring(t testing.TB, algorithms ...keys.Algorithm) *keys.Ring {
	t.Helper()
	r, err := keys.GenerateRing(rand.Reader, algorithms...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func signer(t testing.TB, r *keys.Ring) *Signer {
	t.Helper()
	s, err := NewSigner(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
