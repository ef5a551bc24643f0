package verifier

import (
	"context"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

// localDenylist verifies a JWT, and looks for it in a list of revocations that is
// downloaded now and then: what a CRL (RFC 5280, section 5) is to certificates.
type localDenylist struct {
	verifier *jwt.Verifier
	keys     *keySet
	now      func() time.Time
	list     *denylist
	confirm  *statusAsker // nil unless only a filter is kept, which alone says maybe
}

func newLocalDenylist(p *parts) (Strategy, error) {
	if p.config.DenylistURI == "" {
		return nil, nil
	}
	s := &localDenylist{verifier: p.signed, keys: p.keys, now: p.options.Now, list: newDenylist(p, &p.count.Coalesced, &p.count.ListFetches)}
	if p.config.DenylistSet == SetBloomOnline {
		s.confirm = newStatusAsker(p)
	}
	return s, nil
}

func (s *localDenylist) StalenessBound() string {
	interval := "that it states"
	if state := s.list.state.Load(); !state.asked.IsZero() {
		interval = state.interval.String()
	}
	return fmt.Sprintf("the list's interval, %s, counted from when it was asked for, and while the next one is under way another %s at most", interval, s.list.grace)
}

func (s *localDenylist) Outage() string {
	until := fmt.Sprintf("all that would be accepted otherwise, until the list is older than its interval by %s; then nothing", s.list.grace)
	if s.confirm != nil {
		until += ". Tokens that the filter has, one good one in a thousand, aren't accepted at all"
	}
	return until
}

func (s *localDenylist) Judge(ctx context.Context, token string) (claims.Claims, error) {
	said, err := s.verifier.Verify(ctx, token, s.now())
	if err != nil {
		return claims.Claims{}, err
	}
	// Waiting for keys may have taken time, and for the list.
	if err := s.list.ready(ctx, s.now()); err != nil {
		return claims.Claims{}, err
	}
	now := s.now()
	if err := checkUnexpired(&said, now); err != nil {
		return claims.Claims{}, err
	}
	switch s.list.revoked(said.ID, now) {
	case foundNot:
		return said, nil
	case foundMaybe:
		if err := s.confirm.check(ctx, said.ID); err != nil {
			return claims.Claims{}, err
		}
		return said, nil
	}
	return claims.Claims{}, claims.Refuse(claims.ReasonRevoked)
}

// checkUnexpired allows no leeway past the token's exp. An issuer forgets a revocation
// then, and the leeway would make a revoked token good again. Its lists count in whole
// seconds.
func checkUnexpired(said *claims.Claims, now time.Time) error {
	if now.Unix() >= said.ExpiresAt.Unix() {
		return claims.Refuse(claims.ReasonExpired)
	}
	return nil
}
