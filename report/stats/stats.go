// Package stats turns the steps of a run into the figures that a report compares.
//
// In order of use: [Cells] decodes the histograms, groups the repetitions of one
// measurement into a [Cell] and merges them; [Quantile] reads a latency from the merged
// histogram; [Cell.Spread] says how far the repetitions were apart; [Cell.CPU] and
// [Cell.Calls] give cost for each request.
//
// Histograms are merged, percentiles never: the mean of two p99 is the p99 of
// nothing.
package stats

// Histogram is what a latency is read from.
type Histogram interface {
	ValueAtPercentile(percent float64) int64
	TotalCount() int64
}

// Quantile is the latency, in nanoseconds, within which the share q of the samples
// lies; q is from 0 to 1. It is 0 for an empty histogram.
func Quantile(h Histogram, q float64) int64 {
	return h.ValueAtPercentile(q * 100)
}

// Range is the smallest and the largest of some figures.
type Range struct{ Low, High int64 }

// Overlaps reports whether the two ranges have a value in common.
func (r Range) Overlaps(o Range) bool { return r.Low <= o.High && o.Low <= r.High }

// rangeOf returns the range of one figure over the steps of a cell.
func rangeOf(steps []Repetition, figure func(Repetition) int64) Range {
	var r Range
	for i, s := range steps {
		v := figure(s)
		if i == 0 {
			r = Range{v, v}
		}
		r = Range{min(r.Low, v), max(r.High, v)}
	}
	return r
}
