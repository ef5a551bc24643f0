package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/oauthmark/oauthmark/results"
)

const (
	confidence = 0.95
	normal     = 1.959964 // the standard normal quantile of a two-sided interval of that confidence
)

// Range is the smallest and the largest of some figures.
type Range struct{ Low, High float64 }

// Interval is a confidence interval of the quantile q of the cell's latency, in
// nanoseconds; ok is false where samples are too few for one. It is that of the ranks of
// the samples: whatever their distribution, the number of them below the true quantile is
// binomial. The samples of one run follow one another and aren't quite independent, so it
// is widened to hold each repetition's own figure.
func (c Cell) Interval(q float64) (r Range, ok bool) {
	n := c.Response.TotalCount()
	if !results.Resolves(n, q) || !results.Resolves(n, 1-q) {
		return r, false
	}
	half := normal * math.Sqrt(q*(1-q)/float64(n))
	// The rank beyond the last is that of the last: Resolves says that it is beyond q.
	r = Range{float64(Quantile(c.Response, max(q-half, 0))), float64(Quantile(c.Response, min(q+half, 1)))}
	for _, s := range c.Steps {
		v := float64(Quantile(s.Response, q))
		r = Range{min(r.Low, v), max(r.High, v)}
	}
	return r, true
}

// Ratio is how many times as large a figure of a is as that of b, with its confidence
// interval; ok is false where it has none. Repetitions are interleaved, and so each is
// compared with the one of the same round: what the machine did to both cancels. Of the
// logarithms of these ratios it is the mean with Student's interval, which for two
// rounds is as wide as it should be, and for one isn't there.
func Ratio(a, b Cell, figure func(Cell) (float64, bool)) (ratio float64, r Range, ok bool) {
	of := map[int]float64{}
	for _, c := range b.Each() {
		if v, ok := figure(c); ok && v > 0 {
			of[c.Step.Repetition] = math.Log(v)
		}
	}
	var logs []float64
	sum := 0.0
	for _, c := range a.Each() {
		v, ok := figure(c)
		if other, both := of[c.Step.Repetition]; ok && both && v > 0 {
			logs = append(logs, math.Log(v)-other)
			sum += math.Log(v) - other
		}
	}
	n := float64(len(logs))
	if n == 0 {
		return 0, r, false
	}
	mean, squares := sum/n, 0.0
	for _, l := range logs {
		squares += (l - mean) * (l - mean)
	}
	if n < 2 {
		return math.Exp(mean), r, false
	}
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1+confidence)/2) * math.Sqrt(squares/(n-1)/n)
	return math.Exp(mean), Range{math.Exp(mean - half), math.Exp(mean + half)}, true
}

// At is the figure of the quantile q.
func At(q float64) func(Cell) (float64, bool) {
	return func(c Cell) (float64, bool) { return float64(Quantile(c.Response, q)), c.Response.TotalCount() > 0 }
}

// Histogram is what a latency is read from.
type Histogram interface {
	ValueAtPercentile(percent float64) int64
	TotalCount() int64
}

// Quantile is the latency, in nanoseconds, within which the share q of the samples
// lies; q is from 0 to 1. It is 0 for an empty histogram.
func Quantile(h Histogram, q float64) int64 { return h.ValueAtPercentile(q * 100) }
