package token

import (
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

func newKey(t *testing.T, a keys.Algorithm) *keys.Key {
	t.Helper()
	k, err := keys.Generate(a, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A signer follows its ring: what the old key signed is recognized until the overlap
// ends, and not after it.
func TestSignerFollowsRotation(t *testing.T) {
	t.Parallel()
	for _, a := range []keys.Algorithm{keys.HS256, keys.ES256, keys.MLDSA44} {
		r := ring(t, a)
		s := signer(t, r)
		c := sample()
		sign := func() string {
			tok, err := s.Sign(a, &c)
			if err != nil {
				t.Fatal(err)
			}
			return tok
		}
		at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
		old, next := sign(), newKey(t, a)
		if err := r.Announce(next); err != nil {
			t.Fatal(err)
		}
		announced := sign()
		if err := r.Rotate(next, at(100), time.Minute); err != nil {
			t.Fatal(err)
		}
		fresh := sign()
		for _, step := range []struct {
			token string
			now   int64
			want  error
		}{
			{old, 100, nil},
			{announced, 159, nil},
			{fresh, 100, nil},
			{old, 160, ErrHeader},
			{announced, 161, ErrHeader},
			{fresh, 1 << 40, nil},
		} {
			if _, err := s.Verify(step.token, at(step.now)); !errors.Is(err, step.want) {
				t.Errorf("%s: at %d: %v, want %v", a, step.now, err, step.want)
			}
		}
		alone, err := keys.NewRing(next)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := signer(t, alone).Verify(announced, at(100)); !errors.Is(err, ErrHeader) {
			t.Errorf("%s: a key signed that was only announced: %v", a, err)
		}
	}
}

// Tokens are signed and verified while the ring is rotated, and none is refused.
func TestSignerWhileRotating(t *testing.T) {
	t.Parallel()
	r := ring(t, keys.EdDSA)
	s := signer(t, r)
	c := sample()
	stop := make(chan struct{})
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				tok, err := s.Sign(keys.EdDSA, &c)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Verify(tok, time.Unix(0, 0)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 50 {
		if err := r.Rotate(newKey(t, keys.EdDSA), time.Unix(0, 0), time.Hour); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	users.Wait()
}
