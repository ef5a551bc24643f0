package verifier

import (
	"context"
	"time"
)

// introspect asks the issuer about each token, each time.
type introspect struct {
	issuer *introspector
	expect expectation
	now    func() time.Time
}

func (s *introspect) Name() string { return Introspect }

func (s *introspect) StalenessBound() string {
	return "none: the issuer is asked about the token on every request"
}

func (s *introspect) Judge(ctx context.Context, token string) (Claims, error) {
	a, err := s.issuer.ask(ctx, token)
	if err != nil {
		return Claims{}, err
	}
	return a.judge(s.expect, s.now())
}

// answer is what the issuer said about a token.
type answer struct {
	active  bool
	payload payload // of an active token
}

// judge holds the answer against the expectation, as of now. An answer that was
// remembered is judged again on each use.
func (a answer) judge(expect expectation, now time.Time) (Claims, error) {
	if !a.active {
		return Claims{}, refuse(ReasonInactive)
	}
	if err := expect.checkIntrospected(a.payload, now); err != nil {
		return Claims{}, err
	}
	return a.payload.claims(), nil
}
