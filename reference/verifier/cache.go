package verifier

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
	"unsafe"

	"github.com/maypok86/otter/v2"
)

// tokenHash is a token's SHA-256.
//
// RFC 9700, section 4.9: resource servers treat access tokens like other secrets
// and don't store them in plaintext. The cache never sees one.
type tokenHash [sha256.Size]byte

// hashToken doesn't copy the token, as a conversion would. Sum256 doesn't change its bytes.
func hashToken(token string) tokenHash {
	return sha256.Sum256(unsafe.Slice(unsafe.StringData(token), len(token)))
}

// jitterFraction is the largest part by which a lifetime in the cache is shortened, so
// that tokens of one burst don't expire in one burst. The token's hash decides by how
// much, and a run repeats exactly. The TTL stays the bound on staleness.
const jitterFraction = 0.1

// answerCache remembers answers.
type answerCache struct {
	*pair[cacheEntry]
	ttl         time.Duration
	negativeTTL time.Duration
	stale       time.Duration                 // for how long after its lifetime an accepted one is kept
	leeway      time.Duration                 // by which an answer past its exp may still be a good one
	renew       func(now time.Time) time.Time // as [Seams] has it; nil in a right cache
}

type entries = otter.Cache[tokenHash, *cacheEntry]

// cacheEntry is an answer, and for how long it is good.
type cacheEntry struct {
	answer answer
	until  time.Time // from when on the entry is stale
	end    time.Time // from when on it isn't used at all; never after exp
	heard  uint64    // introspect-push: by which connection its revocation would be heard of
}

// fresh reports whether the entry is within its lifetime.
func (e *cacheEntry) fresh(now time.Time) bool { return now.Before(e.until) }

// within reports whether the entry's lifetime ended no longer ago than that.
func (e *cacheEntry) within(stale time.Duration, now time.Time) bool {
	return now.Before(e.end) && now.Before(e.until.Add(stale))
}

// newAnswerCache takes a configuration with 2 entries or more.
func newAnswerCache(config Cache, now func() time.Time) (*answerCache, error) {
	p, err := newPair(config, now, func(e *cacheEntry) time.Time { return e.end },
		func(e *cacheEntry) int { return sizeOf(&e.answer.claims) })
	if err != nil {
		return nil, err
	}
	return &answerCache{pair: p, ttl: time.Duration(config.TTL), negativeTTL: time.Duration(config.NegativeTTL),
		stale: time.Duration(max(config.StaleWhileRevalidate, config.StaleIfError))}, nil
}

// find returns what is remembered; nil when there is nothing that may be used.
func (c *answerCache) find(key tokenHash, now time.Time) *cacheEntry {
	entry := c.pair.find(key, now)
	if c.renew != nil && entry != nil && entry.answer.active && entry.fresh(now) {
		renewed := *entry
		renewed.until = c.renew(now)
		renewed.end = renewed.until
		c.set(key, true, &renewed)
	}
	return entry
}

// get returns what is remembered, unless it is too old to be used now.
func (c *answerCache) get(key tokenHash, now time.Time) (answer, bool) {
	if entry := c.find(key, now); entry != nil && entry.fresh(now) {
		return entry.answer, true
	}
	return answer{}, false
}

// put remembers an answer from when it was asked for: the issuer may have known less
// then than when it answered.
func (c *answerCache) put(key tokenHash, a answer, asked time.Time) {
	c.putUntil(key, cacheEntry{answer: a}, asked, c.ttl)
}

// putUntil is put with an entry to fill in, and the lifetime of an accepted one.
//
// RFC 7662, section 4: an answer must not be cached beyond the exp in it.
func (c *answerCache) putUntil(key tokenHash, e cacheEntry, asked time.Time, ttl time.Duration) {
	exp := e.answer.claims.ExpiresAt
	accepted := e.answer.active && (exp.IsZero() || asked.Before(exp.Add(c.leeway)))
	lifetime, stale := ttl, c.stale
	if !accepted {
		lifetime, stale = c.negativeTTL, 0
	}
	e.until = asked.Add(lifetime - jitter(key, lifetime))
	if accepted && !exp.IsZero() && exp.Before(e.until) {
		e.until = exp
	}
	e.end = e.until.Add(stale)
	if accepted && !exp.IsZero() && exp.Before(e.end) {
		e.end = exp
	}
	if !e.until.After(asked) {
		c.set(key, accepted, nil)
		return
	}
	c.set(key, accepted, &e)
}

// jitter is between 0 and jitterFraction of the lifetime, the same for the same token.
func jitter(key tokenHash, lifetime time.Duration) time.Duration {
	unit := float64(binary.BigEndian.Uint32(key[:4])) / (1 << 32)
	return time.Duration(unit * jitterFraction * float64(lifetime))
}
