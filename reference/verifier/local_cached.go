package verifier

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

// localCached verifies a JWT as local does, and remembers by its hash that it was. A
// token that was refused is verified again each time: there is nothing to save for it.
type localCached struct {
	verifier *jwt.Verifier
	keys     *keySet
	expect   claims.Expectation
	now      func() time.Time
	memory   *memory
	count    *Counters
}

func newLocalCached(p *parts) (Strategy, error) {
	memory, err := newMemory(p.config.Cache.Entries, p.options.Now)
	if err != nil {
		return nil, err
	}
	return &localCached{p.signed, p.keys, p.expect, p.options.Now, memory, p.count}, nil
}

func (s *localCached) Name() string { return LocalCached }

func (s *localCached) StalenessBound() string { return localStaleness(s.keys) }

func (s *localCached) Outage() string { return localOutage }

func (s *localCached) Judge(ctx context.Context, token string) (claims.Claims, error) {
	now := s.now()
	keys, err := s.keys.current(ctx, now)
	if err != nil {
		return claims.Claims{}, err
	}
	key := hashToken(token)
	if r, ok := s.memory.get(key, keys.version, now); ok {
		s.count.CacheHits.add()
		return r.judge(s.expect, now)
	}
	s.count.CacheMisses.add()
	said, err := s.verifier.Verify(ctx, token, now)
	if err != nil {
		return claims.Claims{}, err
	}
	// The version is that of before: keys that changed meanwhile forget the token. So do
	// the first keys of all, which this token may have been the one to fetch.
	s.memory.put(key, &remembered{said: said, version: keys.version, until: claims.Never}, now)
	return said, nil
}
