package verifier

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier/claims"
)

// introspectCached asks the issuer once and remembers what it said for a while.
// Concurrent misses on one token make one request. An outage is passed on to those
// who waited for it and remembered by nobody.
type introspectCached struct {
	issuer *introspector
	expect claims.Expectation
	now    func() time.Time
	cache  *answerCache
	flight *flight[tokenHash, answer]
	count  *counters
}

func newIntrospectCached(p *parts) (Strategy, error) {
	cache, err := newAnswerCache(p.config.Cache, p.options.Now)
	if err != nil {
		return nil, err
	}
	return &introspectCached{p.issuer, p.expect, p.options.Now, cache, newFlight[tokenHash, answer](&p.count.coalesced), p.count}, nil
}

func (s *introspectCached) Name() string { return IntrospectCached }

func (s *introspectCached) StalenessBound() string {
	return fmt.Sprintf("the cache's TTL, %s, counted from when the issuer was asked, and never past the token's exp", s.cache.ttl)
}

func (s *introspectCached) Outage() string {
	return "what is remembered, until its time in the cache is over"
}

func (s *introspectCached) Judge(ctx context.Context, token string) (claims.Claims, error) {
	key := tokenHash(sha256.Sum256([]byte(token)))
	now := s.now()
	if a, ok := s.cache.get(key, now); ok {
		s.count.cacheHits.Add(1)
		return a.judge(s.expect, now)
	}
	s.count.cacheMisses.Add(1)
	a, err := s.flight.do(ctx, key, func(ctx context.Context) (answer, error) { return s.miss(ctx, key, token) })
	if err != nil {
		return claims.Claims{}, err
	}
	return a.judge(s.expect, s.now())
}

// miss runs once for all that wait for the token's answer.
func (s *introspectCached) miss(ctx context.Context, key tokenHash, token string) (answer, error) {
	asked := s.now()
	// The miss may date from before another's answer was stored.
	if a, ok := s.cache.get(key, asked); ok {
		s.count.coalesced.Add(1)
		return a, nil
	}
	a, err := s.issuer.ask(ctx, token)
	if err != nil {
		return answer{}, err
	}
	s.cache.put(key, a, asked)
	return a, nil
}
