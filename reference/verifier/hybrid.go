package verifier

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// hybrid verifies a JWT as local does, and on risky routes asks the issuer besides.
type hybrid struct {
	local  *local
	issuer *introspector
	expect claims.Expectation
	now    func() time.Time
}

func newHybrid(p *parts) (Strategy, error) {
	return &hybrid{p.local(), p.issuer, p.expect, p.options.Now}, nil
}

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
	if said.Confirmation, err = bothBindings(said.Confirmation, now.Confirmation); err != nil {
		return claims.Claims{}, err
	}
	if now.Scope != "" {
		said.Scope = commonScope(&said, now.Scope)
	}
	return said, nil
}

// bothBindings returns what has to be proved: what the token says, and what the issuer
// says of it now (RFC 8705, section 3.2; RFC 9449, section 6.2). A contradiction can't be
// proved.
func bothBindings(a, b *claims.Confirmation) (*claims.Confirmation, error) {
	if a == nil || b == nil {
		return cmp.Or(a, b), nil
	}
	if a.Thumbprint != "" && b.Thumbprint != "" && a.Thumbprint != b.Thumbprint ||
		a.Certificate != "" && b.Certificate != "" && a.Certificate != b.Certificate {
		return nil, claims.Refuse(claims.ReasonBinding)
	}
	return &claims.Confirmation{
		Thumbprint:  cmp.Or(a.Thumbprint, b.Thumbprint),
		Certificate: cmp.Or(a.Certificate, b.Certificate),
		Unknown:     a.Unknown || b.Unknown || *a == (claims.Confirmation{}) || *b == (claims.Confirmation{}),
	}, nil
}

// commonScope returns what the token has and the issuer still grants: a token may have
// lost some of its scope (RFC 7662, section 2.2), and gains none.
func commonScope(said *claims.Claims, now string) string {
	var common []string
	for scope := range strings.SplitSeq(now, " ") {
		if said.HasScope(scope) && scope != "" {
			common = append(common, scope)
		}
	}
	return strings.Join(common, " ")
}
