package verifier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// introspectCached asks the issuer once and remembers the answer for a while.
// Concurrent misses on one token make one request. An outage isn't remembered.
//
// A configuration may allow answers past their time while another is asked for, or when
// the issuer can't be asked, as RFC 5861 does for HTTP's caches.
type introspectCached struct {
	issuer *introspector
	expect claims.Expectation
	now    func() time.Time
	cache  *answerCache
	flight *flight[tokenHash, answer]
	count  *Counters

	whileRevalidate, ifError time.Duration

	// asking gets an answer and remembers it.
	asking func(ctx context.Context, key tokenHash, token string) (answer, error)
}

func newIntrospectCached(p *parts) (Strategy, error) {
	s, err := newRemembering(p, p.config.Cache)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func newRemembering(p *parts, config Cache) (*introspectCached, error) {
	cache, err := newAnswerCache(config, p.options.Now)
	if err != nil {
		return nil, err
	}
	cache.leeway, cache.renew = p.expect.Leeway, p.options.Seams.Renew
	s := &introspectCached{
		issuer: p.issuer, expect: p.expect, now: p.options.Now, cache: cache, count: p.count,
		flight:          newTokenFlight[answer](p),
		whileRevalidate: time.Duration(config.StaleWhileRevalidate),
		ifError:         time.Duration(config.StaleIfError),
	}
	s.asking = s.askIssuer
	return s, nil
}

func (s *introspectCached) StalenessBound() string {
	bound := fmt.Sprintf("the cache's TTL, %s, counted from when the issuer was asked, and never past the token's exp", s.cache.ttl)
	if s.whileRevalidate > 0 {
		bound += fmt.Sprintf("; %s more while the issuer is asked again", s.whileRevalidate)
	}
	if s.ifError > 0 {
		bound += fmt.Sprintf("; %s more while the issuer can't be asked", s.ifError)
	}
	return bound
}

func (s *introspectCached) Outage() string {
	what := "what is remembered, until its time in the cache is over"
	if more := max(s.whileRevalidate, s.ifError); more > 0 {
		what += fmt.Sprintf(", and for %s after that", more)
	}
	return what
}

func (s *introspectCached) Judge(ctx context.Context, token string) (claims.Claims, error) {
	key := hashToken(token)
	now := s.now()
	entry := s.cache.find(key, now)
	if entry != nil && entry.fresh(now) {
		s.count.CacheHits.add()
		return entry.answer.judge(s.expect, now)
	}
	return s.ask(ctx, key, token, entry)
}

// ask is the rest of Judge, for what isn't fresh in memory.
func (s *introspectCached) ask(ctx context.Context, key tokenHash, token string, entry *cacheEntry) (claims.Claims, error) {
	work := func(ctx context.Context) (answer, error) { return s.miss(ctx, key, token) }
	if now := s.now(); entry != nil && entry.within(s.whileRevalidate, now) {
		s.count.StaleHits.add()
		s.flight.start(ctx, key, work)
		return entry.answer.judge(s.expect, now)
	}
	s.count.CacheMisses.add()
	a, err := s.flight.do(ctx, key, work)
	now := s.now()
	var unavailable *Unavailable
	if errors.As(err, &unavailable) && entry != nil && entry.within(s.ifError, now) {
		s.count.StaleHits.add()
		return entry.answer.judge(s.expect, now)
	}
	if err != nil {
		return claims.Claims{}, err
	}
	return a.judge(s.expect, now)
}

// miss runs once for all that wait for the token's answer.
func (s *introspectCached) miss(ctx context.Context, key tokenHash, token string) (answer, error) {
	asked := s.now()
	// The miss may date from before another's answer was stored.
	if a, ok := s.cache.get(key, asked); ok {
		s.count.Coalesced.add()
		return a, nil
	}
	return s.asking(ctx, key, token)
}

func (s *introspectCached) askIssuer(ctx context.Context, key tokenHash, token string) (answer, error) {
	asked := s.now()
	a, err := s.issuer.ask(ctx, token)
	if err != nil {
		return answer{}, err
	}
	a = a.withoutToken(token)
	s.cache.put(key, a, asked)
	return a, nil
}
