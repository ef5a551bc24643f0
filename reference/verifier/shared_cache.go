package verifier

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/oauthmark/oauthmark/reference/store/redis"
)

// sharedTimeout is the longest that a request waits for the shared server. While that is
// down, one request in each shortCircuit waits.
const sharedTimeout = 100 * time.Millisecond

// sharedCache is introspectCached with a second memory, a Redis server that several
// resource servers share, which is looked at before the issuer is asked.
type sharedCache struct {
	*introspectCached
	far *sharedAnswers
}

func newSharedCache(p *parts) (Strategy, error) {
	if p.config.SharedCache == "" {
		return nil, nil
	}
	// Other processes keep answers for the plain TTL, and stale ones would break the bound.
	config := p.config.Cache
	config.StaleWhileRevalidate, config.StaleIfError = 0, 0
	near, err := newRemembering(p, config)
	if err != nil {
		return nil, err
	}
	server, err := redis.NewEntries(string(p.config.SharedCache), sharedTimeout)
	if err != nil {
		return nil, err
	}
	return newSharedCacheOn(p, near, server)
}

func newSharedCacheOn(p *parts, near *introspectCached, server sharedEntries) (*sharedCache, error) {
	far, err := newSharedAnswers(p, server)
	if err != nil {
		return nil, err
	}
	s := &sharedCache{near, far}
	near.asking = s.lookOrAsk
	return s, nil
}

func (s *sharedCache) StalenessBound() string {
	return fmt.Sprintf("the cache's TTL, %s, counted from when the first of the resource servers asked the issuer, and never past the token's exp", s.cache.ttl)
}

func (s *sharedCache) Outage() string {
	return "what this or another resource server remembers, until its time in the cache is over"
}

// Close ends the connections to the server.
func (s *sharedCache) Close() error {
	if c, ok := s.far.server.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// lookOrAsk gets an answer and remembers it. Inactive tokens aren't shared, or made-up
// ones would fill the server.
func (s *sharedCache) lookOrAsk(ctx context.Context, key tokenHash, token string) (answer, error) {
	now := s.now()
	if found, ok := s.far.get(ctx, key, now); ok {
		left := min(found.asked.Add(s.cache.ttl).Sub(now), found.left)
		if left > 0 {
			s.count.SharedHits.add()
			s.cache.putUntil(key, cacheEntry{answer: found.answer}, now, left)
			return found.answer, nil
		}
	}
	asked := s.now()
	a, err := s.askIssuer(ctx, key, token)
	if err == nil && a.active {
		s.far.put(ctx, key, a, asked, s.now(), lifetimeOf(key, a, asked, s.cache.ttl))
	}
	return a, err
}

// lifetimeOf is how long an answer is shared from when it was asked for: as long as it
// is remembered here, never past the token's exp.
func lifetimeOf(key tokenHash, a answer, asked time.Time, ttl time.Duration) time.Duration {
	lifetime := ttl - jitter(key, ttl)
	if exp := a.claims.ExpiresAt; !exp.IsZero() {
		lifetime = min(lifetime, exp.Sub(asked))
	}
	return lifetime
}
