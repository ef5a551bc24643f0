package verifier

import (
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"
)

// refusedShare is the part of the entries that is kept for refused tokens. A flood of
// made-up tokens displaces other refused ones, never a token that is in use.
const refusedShare = 0.1

// pair remembers something of a bounded number of tokens, in one cache for accepted and
// one for refused ones. The library evicts; whether an entry may be used is decided here,
// on each use. Entries are shared, and never changed.
type pair[V any] struct {
	accepted, refused *otter.Cache[tokenHash, *V]
	end               func(*V) time.Time // from when on an entry isn't used at all
}

// newPair takes the number of tokens that are remembered at most, 2 or more.
func newPair[V any](entries int, now func() time.Time, end func(*V) time.Time) (*pair[V], error) {
	share := max(1, int(refusedShare*float64(entries)))
	p := &pair[V]{end: end}
	for _, half := range []struct {
		cache **otter.Cache[tokenHash, *V]
		most  int
	}{{&p.accepted, entries - share}, {&p.refused, share}} {
		made, err := otter.New(&otter.Options[tokenHash, *V]{
			MaximumSize: half.most,
			ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[tokenHash, *V]) time.Duration {
				return max(end(e.Value).Sub(now()), 1)
			}),
			Clock:  cacheClock{now},
			Logger: &otter.NoopLogger{},
		})
		if err != nil {
			return nil, fmt.Errorf("make memory of tokens: %w", err)
		}
		*half.cache = made
	}
	return p, nil
}

// find returns what is remembered; nil when there is nothing that may be used.
func (p *pair[V]) find(key tokenHash, now time.Time) *V {
	if v, ok := p.accepted.GetIfPresent(key); ok && now.Before(p.end(v)) {
		return v
	}
	if v, ok := p.refused.GetIfPresent(key); ok && now.Before(p.end(v)) {
		return v
	}
	return nil
}

// set remembers an entry, if it isn't nil, and removes one of the other kind, which might
// be found first.
func (p *pair[V]) set(key tokenHash, accepted bool, v *V) {
	to, from := p.accepted, p.refused
	if !accepted {
		to, from = from, to
	}
	if v != nil {
		to.Set(key, v)
	}
	from.Invalidate(key)
}

// cacheClock lends the cache our clock. It doesn't tick: expired entries go when others
// come, and there is no goroutine to stop.
type cacheClock struct{ now func() time.Time }

func (c cacheClock) NowNano() int64                      { return c.now().UnixNano() }
func (c cacheClock) Tick(time.Duration) <-chan time.Time { return nil }
