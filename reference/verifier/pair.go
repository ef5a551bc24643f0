package verifier

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/maypok86/otter/v2"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// refusedShare is the part of the entries that is kept for refused tokens. A flood of
// made-up tokens displaces other refused ones, never a token that is in use.
const refusedShare = 0.1

// maxRemembered is the size of the largest answer that is remembered, in bytes. The claims
// of a usual one take a few hundred.
const maxRemembered = 64 << 10

// pair remembers something of a bounded number of tokens in a bounded number of bytes,
// whatever an issuer says of them: in one cache for accepted and one for refused ones. The library evicts; whether an entry may be used is decided here,
// on each use. Entries are shared, and never changed.
type pair[V any] struct {
	accepted, refused *otter.Cache[tokenHash, *V]
	end               func(*V) time.Time // from when on an entry isn't used at all
	size              func(*V) int       // in bytes, about
}

// newPair takes a configuration with 2 entries or more. An entry has one place, or as many
// as its bytes are worth.
func newPair[V any](c Cache, now func() time.Time, end func(*V) time.Time, size func(*V) int) (*pair[V], error) {
	share := max(1, int(refusedShare*float64(c.Entries)))
	place := max(1, c.bytes()/c.Entries)
	p := &pair[V]{end: end, size: size}
	for _, half := range []struct {
		cache **otter.Cache[tokenHash, *V]
		most  int
	}{{&p.accepted, c.Entries - share}, {&p.refused, share}} {
		made, err := otter.New(&otter.Options[tokenHash, *V]{
			MaximumWeight: uint64(half.most),
			Weigher:       func(_ tokenHash, v *V) uint32 { return uint32((size(v) + place - 1) / place) },
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

// set remembers an entry, if it isn't nil or too large, and removes one that isn't true any
// more or might be found first.
func (p *pair[V]) set(key tokenHash, accepted bool, v *V) {
	to, from := p.accepted, p.refused
	if !accepted {
		to, from = from, to
	}
	switch {
	case v == nil:
	case p.size(v) > maxRemembered:
		to.Invalidate(key)
	default:
		to.Set(key, v)
	}
	from.Invalidate(key)
}

// cacheClock lends the cache our clock. It doesn't tick: expired entries go when others
// come, and there is no goroutine to stop.
type cacheClock struct{ now func() time.Time }

func (c cacheClock) NowNano() int64                      { return c.now().UnixNano() }
func (c cacheClock) Tick(time.Duration) <-chan time.Time { return nil }

// sizeOf is about how many bytes an entry with these claims takes.
func sizeOf(c *claims.Claims) int {
	size := 512 // the entry, its key, and what the cache knows of it
	for _, text := range []string{c.Issuer, c.Subject, c.ClientID, c.ID, c.Scope} {
		size += len(text)
	}
	for _, one := range c.Audience {
		size += len(one)
	}
	size += int(unsafe.Sizeof("")) * cap(c.Audience)
	if c.Confirmation != nil {
		size += len(c.Confirmation.Thumbprint) + len(c.Confirmation.Certificate)
	}
	if c.Status != nil {
		size += len(c.Status.URI)
	}
	return size
}
