package cost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// verifyOperations are verify/ALG/SIZE.
func verifyOperations() []operation { return perAlgorithm("verify", verifying) }

// verifying prepares the operation by which a resource server accepts a token:
// parse, verify, validate. Its limit verifies a signature of the same signing input.
func verifying(a algorithm, s size) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		sample, p, err := signed(m, a, s)
		if err != nil {
			return nil, nil, err
		}
		k, err := m.key(a)
		if err != nil {
			return nil, nil, err
		}
		v, err := newVerifier(k)
		if err != nil {
			return nil, nil, err
		}
		dot := strings.LastIndexByte(sample, '.')
		input := []byte(sample[:dot])
		raw, err := p.sign(input)
		if err != nil {
			return nil, nil, fmt.Errorf("sign with the %s primitive: %w", a, err)
		}
		does := &acceptance{ctx: m.ctx, verifier: v, token: sample, altered: alter(sample, dot+1)}
		return does, &verification{primitive: p, input: input, signature: raw}, nil
	}
}

// alter returns the token with the character at the index replaced by another one
// of base64url: still well formed, and no longer signed.
func alter(token string, at int) string {
	other := "A"
	if token[at] == 'A' {
		other = "B"
	}
	return token[:at] + other + token[at+1:]
}

// known is a key set with one key, and no way to get another.
type known struct{ key *jwt.Key }

func (k known) Find(_ context.Context, kid string) (*jwt.Key, error) {
	if kid == k.key.ID {
		return k.key, nil
	}
	return nil, claims.Refuse(claims.ReasonKeyUnknown)
}

// newVerifier returns a resource server's verifier that knows one key.
func newVerifier(k *keys.Key) (*jwt.Verifier, error) {
	public := k.Public()
	if k.Private == nil {
		public = k.Secret()
	}
	return jwt.New(jwt.Rules{Expect: expected, Algorithms: []keys.Algorithm{k.Algorithm},
		Keys: known{&jwt.Key{ID: k.ID, Algorithm: k.Algorithm, Public: public}}})
}

// acceptance is the road from a compact token to claims that can be relied on.
type acceptance struct {
	ctx      context.Context
	verifier *jwt.Verifier
	token    string
	altered  string // the same token with another signature
	out      claims.Claims
}

func (w *acceptance) Do(n int) error {
	for range n {
		set, err := w.verifier.Verify(w.ctx, w.token, issuedAt)
		if err != nil {
			return fmt.Errorf("a good token is refused: %w", err)
		}
		w.out = set
	}
	return nil
}

func (w *acceptance) Check() error {
	if w.out.ID != tokenID {
		return errors.New("the accepted claims aren't those of the token")
	}
	_, err := w.verifier.Verify(w.ctx, w.altered, issuedAt)
	if !refusedFor(err, claims.ReasonSignature) {
		return errors.New("a token with an altered signature isn't refused for it")
	}
	return nil
}

func refusedFor(err error, reason claims.Reason) bool {
	var refused *claims.InvalidToken
	return errors.As(err, &refused) && refused.Reason == reason
}

func (w *acceptance) Size() int { return len(w.token) }

// verification is the verifying primitive alone.
type verification struct {
	primitive        primitive
	input, signature []byte
	out              bool
}

func (w *verification) Do(n int) error {
	for range n {
		w.out = w.primitive.verify(w.input, w.signature)
		if !w.out {
			return errors.New("a good signature is refused")
		}
	}
	return nil
}

func (w *verification) Check() error {
	other := bytes.Clone(w.input)
	other[len(other)-1] ^= 1
	if !w.out || w.primitive.verify(other, w.signature) {
		return errors.New("the signature is taken for one of other bytes")
	}
	return nil
}

func (w *verification) Size() int { return len(w.input) }
