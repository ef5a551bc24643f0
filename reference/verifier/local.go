package verifier

import (
	"context"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// local verifies a JWT access token (RFC 9068) by the issuer's published keys,
// without asking the issuer about the token.
type local struct {
	keys       *keySet
	expect     expectation
	now        func() time.Time
	algorithms []string
	parser     *jwt.Parser
}

func newLocal(keys *keySet, expect expectation, algorithms []string, now func() time.Time) *local {
	parser := jwt.NewParser(
		jwt.WithValidMethods(algorithms),
		jwt.WithStrictDecoding(),
		// The claims are ours to check, one by one: see [expectation.checkJWT].
		jwt.WithoutClaimsValidation(),
	)
	return &local{keys: keys, expect: expect, now: now, algorithms: algorithms, parser: parser}
}

func (s *local) Name() string { return Local }

func (s *local) StalenessBound() string {
	return "the token's remaining lifetime: a revocation is never seen, and a withdrawn key is trusted until the key set is fetched again"
}

// Judge makes the checks of RFC 9068, section 4, the cheap ones before those that
// need a key, and those that need a key before any that trust the claims.
func (s *local) Judge(ctx context.Context, token string) (Claims, error) {
	if err := checkCompact(token); err != nil {
		return Claims{}, err
	}
	h, err := decodeHeader(token)
	if err != nil {
		return Claims{}, err
	}
	if err := checkType(h); err != nil {
		return Claims{}, err
	}
	if err := checkCritical(h); err != nil {
		return Claims{}, err
	}
	if err := checkAlgorithm(h, s.algorithms); err != nil {
		return Claims{}, err
	}
	key, err := s.keys.find(ctx, h.KeyID.value)
	if err != nil {
		return Claims{}, err
	}
	if err := checkKeyAlgorithm(h, key); err != nil {
		return Claims{}, err
	}
	p, err := s.checkSignature(token, key)
	if err != nil {
		return Claims{}, err
	}
	if err := s.expect.checkJWT(p, s.now()); err != nil {
		return Claims{}, err
	}
	return p.claims(), nil
}

// RFC 9068, section 4: the signature of every token is validated, by the algorithm
// of its header and a key that the issuer published. The parser's errors may quote
// the token and are replaced.
func (s *local) checkSignature(token string, key verificationKey) (payload, error) {
	var claims signedClaims
	_, err := s.parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return key.public, nil })
	switch {
	case err == nil:
		return claims.payload, nil
	case errors.Is(err, jwt.ErrTokenMalformed):
		return payload{}, refuse(ReasonMalformed)
	default:
		return payload{}, refuse(ReasonSignature)
	}
}

// signedClaims is a payload as the parser takes it. The parser is told to check no
// claims, so the accessors of RegisteredClaims stay empty and unused.
type signedClaims struct {
	jwt.RegisteredClaims
	payload payload
}

// UnmarshalJSON keeps the decoding strict; see [decodeStrict].
func (c *signedClaims) UnmarshalJSON(data []byte) error { return decodeStrict(data, &c.payload) }
