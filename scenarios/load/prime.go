package load

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
)

// Primed is a request that is sent once before the clock starts, so that a cache has an
// entry of a certain age then.
type Primed struct {
	Request int           // of the traffic
	Before  time.Duration // the start of the clock; 0 for right before it
}

// remembers says for how long a strategy remembers what it found out about a token. Zero
// is for as long as the token is good; ok is false where it remembers nothing.
func remembers(strategy string, c verifier.Cache) (ttl time.Duration, ok bool) {
	switch strategy {
	case verifier.IntrospectCached, verifier.IntrospectPush, verifier.SharedCache, verifier.Phantom, verifier.Split:
		return time.Duration(c.TTL), true
	case verifier.LocalCached:
		return 0, true
	}
	return 0, false
}

// renewal is a token in a steady load: it comes at a rate and is remembered for a time.
//
// It is remembered from an arrival on, forgotten when that time is over, and asked about
// again at the next arrival. At any moment it is remembered with the probability
// rate*ttl/(1+rate*ttl), and then for any time up to ttl already, each as likely.
type renewal struct {
	rate float64       // arrivals per second
	ttl  time.Duration // 0 for as long as the load may take
}

// primes draws whether a token is presented before a step, and how long before. The step
// then finds the entries that a load would find which has been going on for ever.
//
// That an entry is nearly too old can be had by waiting alone. Where the time to live is
// longer than the step, it isn't waited for: a token whose entry would expire in the
// step, and be asked about again, isn't presented, and so asked about in the step as
// often, if earlier.
func (r renewal) primes(step time.Duration, random *rand.Rand) (before time.Duration, ok bool) {
	if r.ttl == 0 {
		return 0, true
	}
	ttl := r.ttl.Seconds()
	if held := r.rate * ttl / (1 + r.rate*ttl); random.Float64() >= held {
		return 0, false
	}
	age := random.Float64() * ttl
	if r.ttl <= step {
		return time.Duration(age * float64(time.Second)), true
	}
	rest := step.Seconds() - (ttl - age) // of the step, when the entry expires
	if rest <= 0 {
		return 0, true
	}
	// It comes again in the rest with the one probability, and in the whole step with the other.
	missed := math.Expm1(-r.rate*rest) / math.Expm1(-r.rate*step.Seconds())
	return 0, random.Float64() >= missed
}

// steady lists what is to be presented before a step, in the order of time. Of what must
// be refused, the cache remembers the refusal for the negative time to live.
func steady(requests []Request, good []float64, load results.Offered, ttl, negative time.Duration, seed uint64) (out []Primed) {
	random := rand.New(rand.NewPCG(seed, 0x5aee))
	bad := 0
	for _, r := range requests {
		if r.Right == Deny {
			bad++
		}
	}
	next := 0
	for i, r := range requests {
		of := renewal{ttl: negative}
		switch {
		case r.Right == Deny && negative == 0:
			continue
		case r.Right == Deny:
			of.rate = load.Rate * badShare / float64(bad)
		default:
			of.ttl, of.rate = ttl, load.Rate*(1-badShare)*good[next]
			next++
		}
		if load.Closed() { // at a rate that nobody knows
			out = append(out, Primed{Request: i})
		} else if before, ok := of.primes(time.Duration(load.Duration), random); ok {
			out = append(out, Primed{i, before})
		}
	}
	slices.SortStableFunc(out, func(a, b Primed) int { return int(b.Before - a.Before) })
	return out
}

// filling says of a load on a resource server whose cache has so many entries that it
// wasn't in a steady state.
func filling(load results.Offered, entries int) []results.Warning {
	switch {
	case load.Warm == results.Steady && load.Tokens > entries:
		return []results.Warning{{Code: "cache-evicting", Text: fmt.Sprintf("the cache holds %d of %d tokens, and each was presented at most once before the step: "+
			"which ones it keeps settles in a longer load, and the calls for 1,000 requests with it", entries, load.Tokens)}}
	case load.Warm == results.Steady && load.Closed():
		return []results.Warning{{Code: "cache-fresh", Text: fmt.Sprintf("each token was presented once before the step, for with closed arrivals nobody knows how often it comes again: "+
			"the calls for 1,000 requests are those of %v from then on, not of a steady state", load.Duration)}}
	case load.Warm == results.Cold:
		return []results.Warning{{Code: "cache-filling", Text: fmt.Sprintf("the cache was empty when the step began, as --warm cold asks for: "+
			"the calls for 1,000 requests are those of its first %v, not of a steady state", load.Duration)}}
	}
	return nil
}

// prime sends what the caches are filled with, each when it is time, several at once.
func prime(ctx context.Context, rt *transport, l Load) error {
	if len(l.Prime) == 0 {
		return nil
	}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(min(warmConnections, l.Workers))
	start := time.Now()
	for _, p := range l.Prime {
		sleep(l.Prime[0].Before-p.Before-time.Since(start), within.Done())
		if within.Err() != nil {
			break
		}
		group.Go(func() error { return once(within, rt, &rt.requests[p.Request]) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("fill the caches: %w", err)
	}
	sleep(l.Prime[0].Before-time.Since(start), ctx.Done())
	return ctx.Err()
}
