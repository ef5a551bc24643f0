package jwt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// KeyFinder has the keys of an issuer.
type KeyFinder interface {
	// Find returns the key of that kid or, of an empty one, the only key there is. The error is a [*claims.InvalidToken] when
	// there is none; any other says that this isn't known.
	Find(ctx context.Context, kid string) (*Key, error)
}

// Rules are what a token has to keep. All but the last three are required.
type Rules struct {
	Expect     claims.Expectation
	Algorithms []keys.Algorithm // that a token may be signed with
	Keys       KeyFinder
	// Decrypt are the keys for tokens that are encrypted to the resource server. With
	// one, tokens that aren't encrypted are refused.
	Decrypt []Decrypter
	// Type is the typ that tokens must have; at+jwt when empty.
	Type string
	// MaxToken is the number of characters of the longest token; MaxToken when 0.
	MaxToken int
}

// Verifier judges tokens. It may be used concurrently.
type Verifier struct {
	rules   Rules
	headers headers
}

// New returns a verifier, or an error that names the rule which isn't there.
func New(r Rules) (*Verifier, error) {
	switch {
	case r.Expect.Issuer == "":
		return nil, errors.New("jwt rules: the issuer is empty")
	case r.Expect.Resource == "":
		return nil, errors.New("jwt rules: the resource is empty")
	case len(r.Algorithms) == 0:
		return nil, errors.New("jwt rules: no algorithm is allowed")
	case r.Keys == nil:
		return nil, errors.New("jwt rules: there are no keys")
	}
	for _, a := range r.Algorithms {
		if !a.Known() {
			return nil, fmt.Errorf("jwt rules: unknown algorithm %q", string(a))
		}
	}
	if r.Type == "" {
		r.Type = "at+jwt"
	}
	if r.MaxToken == 0 {
		r.MaxToken = MaxToken
	}
	return &Verifier{rules: r}, nil
}

// Verify returns what a token says once every check has passed. The error is a
// [*claims.InvalidToken], or the key finder's. It never contains the token.
func (v *Verifier) Verify(ctx context.Context, token string, now time.Time) (claims.Claims, error) {
	if len(v.rules.Decrypt) > 0 {
		inner, err := v.decrypt(token)
		if err != nil {
			return claims.Claims{}, err
		}
		token = inner
	}
	payload, err := v.checkSigned(ctx, token)
	if err != nil {
		return claims.Claims{}, err
	}
	var c claims.Claims
	if err := v.rules.Expect.Accept.Decode(payload, &c); err != nil {
		return claims.Claims{}, claims.Unreadable(err)
	}
	if err := v.rules.Expect.CheckToken(&c, now); err != nil {
		return claims.Claims{}, err
	}
	return c, nil
}

// checkSigned makes the checks of RFC 9068, section 4, up to the signature, the cheap
// ones before those that need a key, and returns the payload.
func (v *Verifier) checkSigned(ctx context.Context, token string) ([]byte, error) {
	parts, err := splitSigned(token, v.rules.MaxToken)
	if err != nil {
		return nil, err
	}
	h, known := v.headers.get(parts.header)
	if !known {
		if h, err = decodeHeader(parts.header); err != nil {
			return nil, err
		}
		if err := v.checkHeader(h); err != nil {
			return nil, err
		}
	}
	key, err := v.rules.Keys.Find(ctx, h.keyID)
	if err != nil {
		return nil, err
	}
	if err := checkKeyAlgorithm(h, key); err != nil {
		return nil, err
	}
	if err := checkSignature(parts, key); err != nil {
		return nil, err
	}
	if !known {
		v.headers.add(strings.Clone(parts.header), h)
	}
	return decodeSegment(parts.payload)
}
