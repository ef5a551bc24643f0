// Package stats turns the steps of a run into the figures that a report compares.
//
// In order of use: [Cells] decodes the histograms, groups the repetitions of one
// measurement into a [Cell] and merges them; [Quantile] reads a latency from the merged
// histogram, and [Cell.Interval] says how sure it is; [Ratio] compares two cells;
// [Cell.CPU] and [Cell.Calls] give cost for each request.
//
// Histograms are merged, percentiles never: the mean of two p99 is the p99 of
// nothing.
package stats
