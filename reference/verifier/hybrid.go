package verifier

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier/claims"
)

// hybrid verifies a JWT as local does, and on risky routes asks the issuer besides.
type hybrid struct {
	local  *local
	issuer *introspector
	expect claims.Expectation
	now    func() time.Time
}

func newHybrid(p *parts) (Strategy, error) {
	return &hybrid{&local{p.signed, p.keys, p.options.Now}, p.issuer, p.expect, p.options.Now}, nil
}

func (s *hybrid) Name() string { return Hybrid }

func (s *hybrid) StalenessBound() string {
	return "on risky routes none, for the issuer is asked about the token on every request; on others " + s.local.StalenessBound()
}

func (s *hybrid) Outage() string { return "on risky routes nothing; on others " + s.local.Outage() }

func (s *hybrid) Judge(ctx context.Context, token string) (claims.Claims, error) {
	return s.local.Judge(ctx, token)
}

// JudgeRisky implements [Judicious]. The issuer isn't asked about a token that is refused
// anyway, so that nobody can have it asked about made-up ones.
func (s *hybrid) JudgeRisky(ctx context.Context, token string) (claims.Claims, error) {
	said, err := s.local.Judge(ctx, token)
	if err != nil {
		return claims.Claims{}, err
	}
	a, err := s.issuer.ask(ctx, token)
	if err != nil {
		return claims.Claims{}, err
	}
	now, err := a.judge(s.expect, s.now())
	if err != nil {
		return claims.Claims{}, err
	}
	// What the issuer says now restricts what it has said: a token may have lost some of
	// its scope (RFC 7662, section 2.2), and what it is bound to has to be proved.
	if now.Scope != "" {
		said.Scope = now.Scope
	}
	if now.Confirmation != nil {
		said.Confirmation = now.Confirmation
	}
	return said, nil
}
