// Package stats turns the steps of a run into the figures that a report compares.
//
// In order of use: [Cells] groups the repetitions of one measurement into a [Cell]
// and merges their histograms; [Quantile] reads a latency from the merged histogram;
// [Cell.Spread] says how far the repetitions were apart; [Cell.CPU] and
// [Cell.Introspections] give cost for each request.
//
// Histograms are merged, percentiles never: the mean of two p99 is the p99 of
// nothing.
package stats

import (
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// Merge returns one histogram with the samples of all. It is an error when one
// can't be decoded or holds a value that the result can't.
func Merge(parts ...results.Histogram) (*hdrhistogram.Histogram, error) {
	merged := results.NewHistogram()
	for i, part := range parts {
		h, err := part.Decode()
		if err != nil {
			return nil, fmt.Errorf("merge histograms: part %d: %w", i+1, err)
		}
		if dropped := merged.Merge(h); dropped > 0 {
			return nil, fmt.Errorf("merge histograms: part %d: %d samples are out of range", i+1, dropped)
		}
	}
	return merged, nil
}

// Quantile is the latency, in nanoseconds, within which the share q of the samples
// lies; q is from 0 to 1. It is 0 for an empty histogram.
func Quantile(h *hdrhistogram.Histogram, q float64) int64 {
	return h.ValueAtQuantile(q * 100)
}

// Range is the smallest and the largest of some figures.
type Range struct{ Low, High int64 }

// Overlaps reports whether the two ranges have a value in common.
func (r Range) Overlaps(o Range) bool { return r.Low <= o.High && o.Low <= r.High }

// rangeOf returns the range of one figure over the steps of a cell.
func rangeOf(steps []results.StepResult, figure func(results.Histogram) int64) Range {
	var r Range
	for i, s := range steps {
		v := figure(s.Series.Response)
		if i == 0 {
			r = Range{v, v}
		}
		r = Range{min(r.Low, v), max(r.High, v)}
	}
	return r
}
