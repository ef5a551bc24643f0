package jwt

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// Tokens of each algorithm are accepted, with a header that is new and with one that
// was seen, and no longer once a character is another.
func TestVerifyAlgorithms(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	for _, a := range keys.Algorithms() {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			v, tok := signed(t, a, now)
			for range 2 {
				c, err := v.Verify(context.Background(), tok, now)
				if err != nil || c.ClientID != "app" || c.Scope != "read write" {
					t.Fatalf("%+v, %v", c, err)
				}
			}
			for _, at := range []int{0, 5, strings.IndexByte(tok, '.') + 3, len(tok) - 40} {
				other := "A"
				if tok[at] == 'A' {
					other = "B"
				}
				var invalid *claims.InvalidToken
				if c, err := v.Verify(context.Background(), tok[:at]+other+tok[at+1:], now); !errors.As(err, &invalid) || c.Issuer != "" {
					t.Errorf("with character %d changed: %+v, %v", at, c, err)
				}
			}
			if _, err := v.Verify(context.Background(), tok, now.Add(time.Hour)); err == nil {
				t.Error("accepted at exp")
			}
		})
	}
}

func TestNewWantsEachRule(t *testing.T) {
	t.Parallel()
	good := Rules{Expect: claims.Expectation{Issuer: "i", Resource: "r"}, Algorithms: []keys.Algorithm{keys.ES256}, Keys: finder{}}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Rules){
		"issuer":    func(r *Rules) { r.Expect.Issuer = "" },
		"resource":  func(r *Rules) { r.Expect.Resource = "" },
		"algorithm": func(r *Rules) { r.Algorithms = nil },
		"unknown":   func(r *Rules) { r.Algorithms = []keys.Algorithm{"none"} },
		"keys":      func(r *Rules) { r.Keys = nil },
	} {
		bad := good
		spoil(&bad)
		if _, err := New(bad); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()
	var h headers
	for i := range 3 * maxHeaders {
		h.add(strings.Repeat("x", i+1), header{})
	}
	if n := len(*h.known.Load()); n != maxHeaders {
		t.Errorf("%d headers are remembered", n)
	}
}
