package verifier

import (
	"context"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// introspectPush is introspectCached with the issuer's stream of revocations, which drops
// what was remembered of a token that was revoked. While the stream isn't heard, no
// remembered answer accepts a token.
type introspectPush struct {
	*introspectCached
	stream *revocationStream
	names  *revocationNames
}

func newIntrospectPush(p *parts) (Strategy, error) {
	if p.config.EventsURI == "" {
		return nil, nil
	}
	// An answer that the stream can't vouch for isn't used, so there are no stale ones.
	config := p.config.Cache
	config.StaleWhileRevalidate, config.StaleIfError = 0, 0
	remembering, err := newRemembering(p, config)
	if err != nil {
		return nil, err
	}
	names := newRevocationNames(remembering.cache.accepted, config.Entries, p.expect.Leeway, p.options.Now)
	return &introspectPush{remembering, newRevocationStream(p, names), names}, nil
}

func (s *introspectPush) StalenessBound() string {
	return fmt.Sprintf("the way of an event from the issuer; %s when the stream falls silent before that; "+
		"always the cache's TTL, %s, and never past the token's exp", s.stream.silence, s.cache.ttl)
}

func (s *introspectPush) Outage() string {
	return fmt.Sprintf("nothing, from when the stream breaks; where that isn't noticed, what is remembered, for %s", s.stream.silence)
}

// Close ends the stream.
func (s *introspectPush) Close() error { return s.stream.Close() }

func (s *introspectPush) Judge(ctx context.Context, token string) (claims.Claims, error) {
	s.stream.start()
	key := hashToken(token)
	now := s.now()
	if entry := s.cache.find(key, now); s.usable(entry, now) {
		s.count.CacheHits.add()
		return entry.answer.judge(s.expect, now)
	}
	s.count.CacheMisses.add()
	a, err := s.flight.do(ctx, key, func(ctx context.Context) (answer, error) { return s.miss(ctx, key, token) })
	if err != nil {
		return claims.Claims{}, err
	}
	return a.judge(s.expect, s.now())
}

// usable reports whether a revocation of the entry's token would have been heard. An
// inactive token doesn't become active again, so that its entry needs no stream.
func (s *introspectPush) usable(entry *cacheEntry, now time.Time) bool {
	if entry == nil || !entry.fresh(now) {
		return false
	}
	return !entry.answer.active || entry.heard != 0 && entry.heard == s.stream.heard(now)
}

func (s *introspectPush) miss(ctx context.Context, key tokenHash, token string) (answer, error) {
	asked := s.now()
	if entry := s.cache.find(key, asked); s.usable(entry, asked) {
		s.count.Coalesced.add()
		return entry.answer, nil
	}
	// Noted before the issuer is asked: its answer may be older than an event.
	connection := s.stream.heard(asked)
	a, err := s.issuer.ask(ctx, token)
	if err != nil {
		return answer{}, err
	}
	if !a.active {
		s.cache.put(key, a, asked)
		return a, nil
	}
	// No event could name an answer without an identifier, and a very long one isn't kept.
	if a = a.withoutToken(token); a.claims.ID == "" || len(a.claims.ID) > maxName {
		return a, nil
	}
	// A revocation is for good, whenever it came: whoever says active knows less.
	if connection == 0 {
		if s.names.hasEnded(a.claims.ID) {
			return answer{}, nil
		}
		return a, nil
	}
	keep := func() { s.cache.putUntil(key, cacheEntry{answer: a, heard: connection}, asked, s.cache.ttl) }
	if s.names.add(a.claims.ID, key, keep) {
		return answer{}, nil
	}
	return a, nil
}
