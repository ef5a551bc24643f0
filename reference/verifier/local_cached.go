package verifier

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

// localCached verifies a JWT as local does, and remembers accepted ones by their hash.
type localCached struct {
	*memory
	verifier *jwt.Verifier
	expect   claims.Expectation
}

func newLocalCached(p *parts) (Strategy, error) {
	memory, err := newMemory(p)
	if err != nil {
		return nil, err
	}
	return &localCached{memory, p.signed, p.expect}, nil
}

func (s *localCached) StalenessBound() string { return localStaleness(s.keys) }

func (s *localCached) Outage() string { return localOutage }

func (s *localCached) Judge(ctx context.Context, token string) (claims.Claims, error) {
	now := s.now()
	key, version, known, err := s.recall(ctx, token, now)
	if err != nil {
		return claims.Claims{}, err
	}
	if known != nil {
		return known.judge(s.expect, now)
	}
	s.count.CacheMisses.add()
	said, err := s.verifier.Verify(ctx, token, now)
	if err != nil {
		return claims.Claims{}, err
	}
	// The version is from before the verification, so that a change of keys meanwhile
	// forgets the token. So does the first fetch, which this token may have caused.
	s.put(key, &remembered{said: said, version: version, until: claims.Never}, now)
	return said, nil
}
