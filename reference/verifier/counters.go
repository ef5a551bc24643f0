package verifier

import "sync/atomic"

// Counters is what a verifier has done since it was made. Each miss of the cache is
// either one of the introspections or coalesced with another's.
type Counters struct {
	Introspections int64 `json:"introspections"` // introspection requests sent
	JWKSFetches    int64 `json:"jwks_fetches"`   // key set requests sent
	CacheHits      int64 `json:"cache_hits"`     // judged from memory
	CacheMisses    int64 `json:"cache_misses"`   // not in memory, or no longer usable
	Coalesced      int64 `json:"coalesced"`      // misses answered by a request that was under way

	ListFetches     int64 `json:"list_fetches,omitempty"`     // requests for denylists and status lists
	StatusQuestions int64 `json:"status_questions,omitempty"` // requests for the status of one token

	EventStreams int64 `json:"event_streams,omitempty"` // introspect-push: times that the issuer's stream was asked for
	Events       int64 `json:"events,omitempty"`        // introspect-push: revocations that came by it

	SharedHits     int64 `json:"shared_hits,omitempty"`     // shared-cache: misses answered by what another resource server had been told
	SharedFailures int64 `json:"shared_failures,omitempty"` // shared-cache: times that the shared server couldn't be used

	TableReads int64 `json:"table_reads,omitempty"` // shared-db: times that the issuer's table was read

	StaleHits int64 `json:"stale_hits,omitempty"` // introspect-cached: judged from memory past the TTL, as configured; one whose request failed is a miss, too
}

type counters struct {
	eventStreams, events, sharedHits, sharedFailures, tableReads atomic.Int64

	listFetches, statusQuestions                                   atomic.Int64
	introspections, jwksFetches, cacheHits, cacheMisses, coalesced atomic.Int64
	staleHits                                                      atomic.Int64
}

func (c *counters) read() Counters {
	return Counters{
		EventStreams: c.eventStreams.Load(), Events: c.events.Load(),
		SharedHits: c.sharedHits.Load(), SharedFailures: c.sharedFailures.Load(), TableReads: c.tableReads.Load(),

		Introspections: c.introspections.Load(),
		JWKSFetches:    c.jwksFetches.Load(),
		CacheHits:      c.cacheHits.Load(),
		CacheMisses:    c.cacheMisses.Load(),
		Coalesced:      c.coalesced.Load(),

		ListFetches: c.listFetches.Load(), StatusQuestions: c.statusQuestions.Load(),
		StaleHits: c.staleHits.Load(),
	}
}
