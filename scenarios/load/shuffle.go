package load

import (
	"math/rand/v2"
	"slices"
)

// badShare is the share of arrivals that present a bad token, where nothing else is said,
// so that a resource server that lets everybody in is caught while it is being timed.
const badShare = 0.02

// Shuffle draws n requests, the good ones evenly and the bad ones with the given
// share of all arrivals, in an order that the seed fixes. At least one is bad, where
// one can be: a step that presents none can't find a server that lets everybody in.
func Shuffle(requests []Request, n int, badShare float64, seed uint64) []uint32 {
	return draw(requests, n, badShare, seed, nil)
}

// draw is Shuffle with a law of its own for the good requests: of an arrival, it returns
// which of them it is. Nil is for evenly.
func draw(requests []Request, n int, badShare float64, seed uint64, law func(arrival, of int, random *rand.Rand) int) []uint32 {
	var good, bad []uint32
	for i, r := range requests {
		if r.Right == Deny {
			bad = append(bad, uint32(i))
		} else {
			good = append(good, uint32(i))
		}
	}
	random := rand.New(rand.NewPCG(seed, 0x0de4))
	order := make([]uint32, n)
	for i := range order {
		switch {
		case len(bad) > 0 && (len(good) == 0 || random.Float64() < badShare):
			order[i] = bad[random.IntN(len(bad))]
		case law != nil:
			order[i] = good[law(i, len(good), random)]
		default:
			order[i] = good[random.IntN(len(good))]
		}
	}
	if n > 1 && len(bad) > 0 && !slices.ContainsFunc(order, func(i uint32) bool { return requests[i].Right == Deny }) {
		order[random.IntN(n)] = bad[random.IntN(len(bad))]
	}
	return order
}

// focusShare is the share of the arrivals that a step is about, such as those that present
// tokens which are revoked meanwhile: they are asked about densely, among others.
const focusShare = 0.6

// Focus draws n requests as Shuffle does, and then replaces most of those that aren't bad by
// the ones in focus, each in turn.
func Focus(requests []Request, focus []int, n int, seed uint64) []uint32 {
	order := Shuffle(requests, n, badShare, seed)
	random := rand.New(rand.NewPCG(seed, 0xf0c5))
	next := 0
	for i := range order {
		if requests[order[i]].Right != Deny && random.Float64() < focusShare {
			order[i] = uint32(focus[next%len(focus)])
			next++
		}
	}
	return order
}
