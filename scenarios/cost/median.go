package cost

import (
	"math"
	"slices"
)

// interval is a median with its confidence interval.
type interval struct {
	center, low, high float64
	level             float64 // confidence that the interval really has
}

// medianInterval returns the median of a sample that is sorted and not empty, and
// the narrowest symmetric interval between two of its values that holds the true
// median with at least the wanted confidence. It assumes nothing of how the values
// are distributed, only that they are independent.
//
// Each value lies below the true median with a probability of one half, so how
// many of n do is binomial, and the true median lies outside of the k-th lowest
// and the k-th highest value with a probability of 2 P(X < k). Of fewer than six
// values, not even the lowest and the highest reach 95 %: the interval is
// theirs then, and level says how little it is worth.
func medianInterval(sorted []float64, confidence float64) interval {
	n := len(sorted)
	k, outside := 1, 2*binomialHalf(n, 0)
	for 2*(k+1) <= n+1 {
		wider := outside + 2*binomialHalf(n, k)
		if wider > 1-confidence {
			break
		}
		k, outside = k+1, wider
	}
	return interval{
		center: (sorted[(n-1)/2] + sorted[n/2]) / 2,
		low:    sorted[k-1],
		high:   sorted[n-k],
		level:  1 - outside,
	}
}

// binomialHalf is the probability of k heads in n tosses of a fair coin.
func binomialHalf(n, k int) float64 {
	all, _ := math.Lgamma(float64(n + 1))
	heads, _ := math.Lgamma(float64(k + 1))
	tails, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(all - heads - tails - float64(n)*math.Ln2)
}

// median returns the median of values in any order, which it leaves as they are;
// 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
