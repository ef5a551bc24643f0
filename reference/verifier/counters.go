package verifier

import "sync/atomic"

// Counters is what a verifier has done since it was made. Each miss of the cache is
// either one of the introspections or coalesced with another's.
type Counters struct {
	Introspections int64 `json:"introspections"` // introspection requests sent
	JWKSFetches    int64 `json:"jwks_fetches"`   // key set requests sent
	CacheHits      int64 `json:"cache_hits"`     // introspect-cached: judged from memory
	CacheMisses    int64 `json:"cache_misses"`   // introspect-cached: not in memory, or no longer usable
	Coalesced      int64 `json:"coalesced"`      // misses answered by a request that was under way
}

type counters struct {
	introspections, jwksFetches, cacheHits, cacheMisses, coalesced atomic.Int64
}

func (c *counters) read() Counters {
	return Counters{
		Introspections: c.introspections.Load(),
		JWKSFetches:    c.jwksFetches.Load(),
		CacheHits:      c.cacheHits.Load(),
		CacheMisses:    c.cacheMisses.Load(),
		Coalesced:      c.coalesced.Load(),
	}
}
