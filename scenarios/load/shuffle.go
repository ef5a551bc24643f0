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
		from := good
		if len(bad) > 0 && (len(good) == 0 || random.Float64() < badShare) {
			from = bad
		}
		order[i] = from[random.IntN(len(from))]
	}
	if n > 1 && len(bad) > 0 && !slices.ContainsFunc(order, func(i uint32) bool { return requests[i].Right == Deny }) {
		order[random.IntN(n)] = bad[random.IntN(len(bad))]
	}
	return order
}
