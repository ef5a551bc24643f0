package stats

import (
	"math"

	"github.com/oauthmark/oauthmark/results"
)

// normal95 is the standard normal quantile of a two-sided 95 % interval.
const normal95 = 1.959964

// Interval is a 95 % confidence interval of the quantile q, in nanoseconds, from the
// ranks of the samples: whatever their distribution, the number of them below the
// true quantile is binomial. Where too few lie beyond q the samples don't bound it
// on that side, and the interval reaches to the end of the histogram's range.
//
// The samples of one run follow one another and aren't quite independent, so the
// truth is rather wider: the interval can show that two cells aren't told apart, and
// alone it doesn't show that they are.
func Interval(h Histogram, q float64) Range {
	n := float64(h.TotalCount())
	r := Range{results.LowestLatency, results.HighestLatency}
	if n == 0 {
		return r
	}
	half := normal95 * math.Sqrt(q*(1-q)/n)
	if low := q - half; low*n >= 1 {
		r.Low = Quantile(h, low)
	}
	if high := q + half; (1-high)*n >= 1 {
		r.High = Quantile(h, high)
	}
	return r
}

// Apart reports whether two cells differ in the quantile q beyond chance, as far as
// the record can tell, and if not, why. Their intervals must not meet, and neither
// may the ranges over their repetitions.
func Apart(a, b Cell, q float64) (ok bool, why string) {
	figure := func(c Cell) Range {
		return rangeOf(c.Steps, func(r Repetition) int64 { return Quantile(r.Response, q) })
	}
	switch {
	case len(a.Steps) > 1 && len(b.Steps) > 1 && figure(a).Overlaps(figure(b)):
		return false, "the repetitions overlap"
	case Interval(a.Response, q).Overlaps(Interval(b.Response, q)):
		return false, "within chance"
	}
	return true, ""
}
