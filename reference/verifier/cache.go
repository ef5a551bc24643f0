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

// answerCache remembers answers, at most a number of them. The library beneath
// evicts; whether an entry may be used is decided here, on each use.
type answerCache struct {
	entries     *otter.Cache[tokenHash, cacheEntry]
	ttl         time.Duration
	negativeTTL time.Duration
}

type cacheEntry struct {
	answer answer
	until  time.Time // from when on the entry isn't used
}

func newAnswerCache(config Cache, now func() time.Time) (*answerCache, error) {
	entries, err := otter.New(&otter.Options[tokenHash, cacheEntry]{
		MaximumSize: config.Entries,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[tokenHash, cacheEntry]) time.Duration {
			return max(e.Value.until.Sub(now()), 1)
		}),
		Clock:  cacheClock{now},
		Logger: &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("make introspection cache: %w", err)
	}
	return &answerCache{entries: entries, ttl: time.Duration(config.TTL), negativeTTL: time.Duration(config.NegativeTTL)}, nil
}

// get returns what is remembered, unless it is too old to be used now.
func (c *answerCache) get(key tokenHash, now time.Time) (answer, bool) {
	entry, ok := c.entries.GetIfPresent(key)
	if !ok || !now.Before(entry.until) {
		return answer{}, false
	}
	return entry.answer, true
}

// put remembers an answer that was asked for at the given time, which is the last
// at which the issuer may have known less than it does now.
//
// RFC 7662, section 4: an answer must not be cached beyond the exp in it.
func (c *answerCache) put(key tokenHash, a answer, asked time.Time) {
	exp := a.payload.ExpiresAt
	expired := exp.present && !asked.Before(exp.value)
	lifetime := c.ttl
	if !a.active || expired {
		lifetime = c.negativeTTL
	}
	until := asked.Add(lifetime - jitter(key, lifetime))
	if a.active && exp.present && !expired && exp.value.Before(until) {
		until = exp.value
	}
	if until.After(asked) {
		c.entries.Set(key, cacheEntry{a, until})
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
