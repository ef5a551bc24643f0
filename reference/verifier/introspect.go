package verifier

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// introspect asks the issuer about each token, each time.
type introspect struct {
	issuer *introspector
	expect claims.Expectation
	now    func() time.Time
}

func newIntrospect(p *parts) (Strategy, error) {
	return &introspect{p.issuer, p.expect, p.options.Now}, nil
}

func (s *introspect) StalenessBound() string {
	return "none: the issuer is asked about the token on every request"
}

func (s *introspect) Outage() string { return "nothing" }

func (s *introspect) Judge(ctx context.Context, token string) (claims.Claims, error) {
	a, err := s.issuer.ask(ctx, token)
	if err != nil {
		return claims.Claims{}, err
	}
	return a.judge(s.expect, s.now())
}

// answer is what the issuer said about a token.
type answer struct {
	active bool
	claims claims.Claims // of an active token
}

// judge holds the answer against the expectation, as of now. An answer that was
// remembered is judged again on each use.
func (a answer) judge(expect claims.Expectation, now time.Time) (claims.Claims, error) {
	if !a.active {
		return claims.Claims{}, claims.Refuse(claims.ReasonInactive)
	}
	if err := expect.CheckAnswer(&a.claims, now); err != nil {
		return claims.Claims{}, err
	}
	return a.claims, nil
}

// withoutToken returns the answer as it may be remembered (RFC 9700, section 4.9). Some
// issuers use the token itself as its identifier.
func (a answer) withoutToken(token string) answer {
	if a.claims.ID == token {
		a.claims.ID = ""
	}
	return a
}
