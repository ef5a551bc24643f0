//go:build unix

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

const (
	verifyBlocks = 60 // of each side
	verifyBlock  = 20 * time.Millisecond
)

// verifierBounds are those of the reference verifier: of what it does in a process, beside
// the least that could be done, and over HTTP beside a handler that does only that.
func verifierBounds() []bound {
	var out []bound
	for _, a := range []keys.Algorithm{keys.RS256, keys.ES256, keys.EdDSA} {
		out = append(out, bound{name: "verifier/verify/" + string(a), atMost: true, limit: 1.10,
			what: "time of local, over that of the raw signature check and encoding/json on the same bytes",
			measure: func(ctx context.Context, _ string) (float64, error) {
				v, err := newVerifying(a)
				if err != nil {
					return 0, err
				}
				defer v.close()
				return paired(ctx, verifyBlocks, [2]figure{each(clock, calls(verifyBlock, v.judge)), each(clock, calls(verifyBlock, v.limit))})
			}})
	}
	return append(out,
		bound{name: "verifier/cached/time", atMost: true, limit: 1000, unit: " ns", what: "an introspection answer from the cache",
			measure: func(ctx context.Context, _ string) (float64, error) { return cachedHit(ctx, nanoseconds) }},
		bound{name: "verifier/cached/allocations", atMost: true, limit: 0, what: "an introspection answer from the cache",
			measure: func(ctx context.Context, _ string) (float64, error) { return cachedHit(ctx, allocations) }},
		bound{name: "verifier/local/http", limit: 0.85,
			what:    "requests per second with local, over those of the same handler with the raw signature check alone",
			measure: localOverHTTP},
	)
}

// cachedHit measures introspect-cached where it knows the token.
func cachedHit(ctx context.Context, measure func(context.Context, func() error) (float64, error)) (float64, error) {
	v, err := newVerifying(keys.ES256)
	if err != nil {
		return 0, err
	}
	defer v.close()
	s, ok := v.verifier.Strategy(verifier.IntrospectCached)
	if !ok {
		return 0, fmt.Errorf("there is no strategy %s", verifier.IntrospectCached)
	}
	judge := func() error { _, err := s.Judge(ctx, v.token); return err }
	if err := judge(); err != nil {
		return 0, err
	}
	measured, err := measure(ctx, judge)
	if n := v.verifier.Counters().Introspections; err == nil && n != 1 {
		err = fmt.Errorf("the issuer was asked %d times: it wasn't the cache that answered", n)
	}
	return measured, err
}
