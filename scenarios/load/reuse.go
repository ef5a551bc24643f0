package load

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// lawOf says which of the good requests an arrival sends, as the load says; nil for evenly.
func lawOf(load results.Offered, site scenarios.Site) func(arrival, of int, random *rand.Rand) int {
	switch {
	case load.Arrivals == results.Replayed && site.Trace != nil:
		tokens := site.Trace.Tokens
		return func(arrival, of int, _ *rand.Rand) int { return int(tokens[arrival]) % of }
	case load.Reuse > 0:
		law := zipf{}
		return func(_, of int, random *rand.Rand) int {
			if len(law.below) != of {
				law = newZipf(of, load.Reuse)
			}
			return law.draw(random)
		}
	}
	return nil
}

// zipf draws one of n: the k-th as often as 1/k to the power of the exponent.
type zipf struct {
	below []float64 // by k: the share of all up to it
}

func newZipf(n int, exponent float64) zipf {
	z := zipf{make([]float64, n)}
	sum := 0.0
	for k := range z.below {
		sum += math.Pow(float64(k+1), -exponent)
		z.below[k] = sum
	}
	for k := range z.below {
		z.below[k] /= sum
	}
	return z
}

func (z zipf) draw(random *rand.Rand) int {
	i, _ := slices.BinarySearch(z.below, random.Float64())
	return min(i, len(z.below)-1)
}

// shares says which share of the good arrivals each of n tokens has.
func shares(n int, load results.Offered, trace *scenarios.Trace) []float64 {
	out := make([]float64, n)
	if n == 0 {
		return out
	}
	if load.Arrivals == results.Replayed && trace != nil {
		for _, token := range trace.Tokens {
			out[int(token)%n] += 1 / float64(len(trace.Tokens))
		}
		return out
	}
	z, last := newZipf(n, load.Reuse), 0.0
	for k, below := range z.below {
		out[k], last = below-last, below
	}
	return out
}
