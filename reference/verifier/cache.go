package verifier

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"
)

// tokenHash is a token's SHA-256.
//
// RFC 9700, section 4.9: resource servers treat access tokens like other secrets
// and don't store them in plaintext. The cache can't: it never sees one.
type tokenHash [32]byte

// jitterFraction is the largest part by which a lifetime in the cache is shortened.
// By how much is taken from the token's hash: tokens that were asked about in one
// burst don't expire in one burst, and a run repeats exactly. Since a lifetime is
// only ever shortened, the TTL stays the bound on staleness.
const jitterFraction = 0.1

// refusedShare is the part of the entries that is kept for refused tokens. They have
// room of their own: whoever floods the server with made-up tokens displaces other
// refused ones, never a token that is in use.
const refusedShare = 0.1

// answerCache remembers answers, at most a number of them. The library beneath
// evicts; whether an entry may be used is decided here, on each use.
type answerCache struct {
	accepted    *otter.Cache[tokenHash, cacheEntry]
	refused     *otter.Cache[tokenHash, cacheEntry]
	ttl         time.Duration
	negativeTTL time.Duration
}

type cacheEntry struct {
	answer answer
	until  time.Time // from when on the entry isn't used
}

// newAnswerCache takes a configuration with 2 entries or more.
func newAnswerCache(config Cache, now func() time.Time) (*answerCache, error) {
	share := max(1, int(refusedShare*float64(config.Entries)))
	accepted, err := newEntries(config.Entries-share, now)
	if err != nil {
		return nil, err
	}
	refused, err := newEntries(share, now)
	if err != nil {
		return nil, err
	}
	return &answerCache{accepted, refused, time.Duration(config.TTL), time.Duration(config.NegativeTTL)}, nil
}

func newEntries(most int, now func() time.Time) (*otter.Cache[tokenHash, cacheEntry], error) {
	entries, err := otter.New(&otter.Options[tokenHash, cacheEntry]{
		MaximumSize: most,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[tokenHash, cacheEntry]) time.Duration {
			return max(e.Value.until.Sub(now()), 1)
		}),
		Clock:  cacheClock{now},
		Logger: &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("make introspection cache: %w", err)
	}
	return entries, nil
}

// get returns what is remembered, unless it is too old to be used now.
func (c *answerCache) get(key tokenHash, now time.Time) (answer, bool) {
	for _, entries := range [...]*otter.Cache[tokenHash, cacheEntry]{c.accepted, c.refused} {
		if entry, ok := entries.GetIfPresent(key); ok && now.Before(entry.until) {
			return entry.answer, true
		}
	}
	return answer{}, false
}

// put remembers an answer that was asked for at the given time, which is the last
// at which the issuer may have known less than it does now. No usable entry of the
// token is there then, or the issuer wouldn't have been asked.
//
// RFC 7662, section 4: an answer must not be cached beyond the exp in it.
func (c *answerCache) put(key tokenHash, a answer, asked time.Time) {
	exp := a.claims.ExpiresAt
	entries, lifetime := c.accepted, c.ttl
	if !a.active || !exp.IsZero() && !asked.Before(exp) {
		entries, lifetime = c.refused, c.negativeTTL
	}
	until := asked.Add(lifetime - jitter(key, lifetime))
	if entries == c.accepted && !exp.IsZero() && exp.Before(until) {
		until = exp
	}
	if until.After(asked) {
		entries.Set(key, cacheEntry{a, until})
	}
}

// jitter is between 0 and jitterFraction of the lifetime, the same for the same token.
func jitter(key tokenHash, lifetime time.Duration) time.Duration {
	unit := float64(binary.BigEndian.Uint32(key[:4])) / (1 << 32)
	return time.Duration(unit * jitterFraction * float64(lifetime))
}

// cacheClock lends the cache our clock. It doesn't tick: expired entries go when
// others come, and no goroutine is left to stop.
type cacheClock struct{ now func() time.Time }

func (c cacheClock) NowNano() int64                      { return c.now().UnixNano() }
func (c cacheClock) Tick(time.Duration) <-chan time.Time { return nil }
