package verifier

import (
	"reflect"
	"sync/atomic"
)

// Count is how often something happened.
type Count int64

func (c *Count) add() { atomic.AddInt64((*int64)(c), 1) }

func (c *Count) now() Count { return Count(atomic.LoadInt64((*int64)(c))) }

// Counters is what a verifier has done since it was made. Each miss of the cache is
// either one of the introspections or coalesced with another's.
//
// This is the table of counters: a strategy that counts something else adds a line. Its
// tags say the name, what is counted and, where that is a request, of whom something was
// asked, the issuer or a shared store, and about what, one token or all.
type Counters struct {
	Introspections  Count `json:"introspections" of:"issuer" on:"token" is:"introspection requests sent"`
	JWKSFetches     Count `json:"jwks_fetches" of:"issuer" on:"all" is:"key set requests sent"`
	ListFetches     Count `json:"list_fetches" of:"issuer" on:"all" is:"requests for denylists and status lists"`
	StatusQuestions Count `json:"status_questions" of:"issuer" on:"token" is:"requests for the status of one token"`
	EventStreams    Count `json:"event_streams" of:"issuer" on:"all" is:"times that the issuer's stream of revocations was asked for"`
	SharedReads     Count `json:"shared_reads" of:"store" on:"token" is:"questions to the shared cache"`
	TableReads      Count `json:"table_reads" of:"store" on:"token" is:"questions to the issuer's token table"`
	CacheHits       Count `json:"cache_hits" is:"judged from memory"`
	CacheMisses     Count `json:"cache_misses" is:"not in memory, or no longer usable"`
	Coalesced       Count `json:"coalesced" is:"misses answered by a request that was under way"`
	StaleHits       Count `json:"stale_hits" is:"judged from memory past the TTL, as configured; one whose request failed is a miss, too"`
	Events          Count `json:"events" is:"revocations that came by the issuer's stream"`
	SharedHits      Count `json:"shared_hits" is:"misses answered by what another resource server had been told"`
	SharedFailures  Count `json:"shared_failures" is:"times that the shared cache couldn't be used"`
}

// CounterInfo is a row of the table of counters.
type CounterInfo struct {
	Name     string // in the JSON of /counters
	Of       string // of whom something is asked: issuer, store, or nobody when empty
	PerToken bool   // whether it is asked about one token; else it is fetched for all
	About    string // what is counted
}

// CounterTable lists what is counted, in the order of [Counters].
func CounterTable() []CounterInfo {
	var table []CounterInfo
	for field := range reflect.TypeFor[Counters]().Fields() {
		tag := field.Tag
		table = append(table, CounterInfo{tag.Get("json"), tag.Get("of"), tag.Get("on") == "token", tag.Get("is")})
	}
	return table
}

// read returns the counters as they are now.
func (c *Counters) read() Counters {
	var now Counters
	from, to := reflect.ValueOf(c).Elem(), reflect.ValueOf(&now).Elem()
	for i := range from.NumField() {
		to.Field(i).Set(reflect.ValueOf(from.Field(i).Addr().Interface().(*Count).now()))
	}
	return now
}
