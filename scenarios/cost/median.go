package cost

import (
	"math"
	"slices"
)

// interval is a figure with its confidence interval.
type interval struct {
	center, low, high float64
	level             float64 // confidence of the interval; 0 where there is none
}

const confidence = 0.95

// epochs are the numbers of equal parts into which a measurement is cut, fewEpochs of
// one that hasn't enough values for ten, and epochValues is how many values a part needs
// for a mean that says more than one of them.
var epochs, fewEpochs = []int{20, 10, 6}, []int{5, 4}

const epochValues = 3

// estimate returns the figure of all values, which are in order of time, with the
// interval in which it would lie on a measurement at another time.
//
// Batches that follow each other aren't independent: what slows one down, a
// neighbour or a lower clock, slows the next. So the interval isn't taken from
// the values but from epochs: the measurement is cut into equal parts, each has its
// mean, and from how these differ comes Student's interval, on a logarithmic scale as
// what disturbs a machine multiplies. What lasts longer than an epoch makes neighbours
// alike and the interval too narrow; so the widest counts of those from 20, 10 and 6
// epochs, and the first two are widened as far as neighbours are alike. What lasts as
// long as the whole measurement can't be seen from within it.
func estimate(values []float64, f figure) interval {
	return widest(f.of(values), len(values), f.trimmed, func(from, to float64) float64 { return mean(part(values, from, to)) })
}

// part returns the values between two shares of the measurement.
func part(values []float64, from, to float64) []float64 {
	n := float64(len(values))
	return values[int(from*n+0.5):int(to*n+0.5)]
}

// fewest is how many values have an interval worth its name.
const fewest = 3

// recorded is how many epochs of a row are kept, where it has enough batches.
const recorded = 10

// inEpochs returns the mean of each epoch.
func inEpochs(values []float64) []float64 {
	return inParts(len(values), func(from, to float64) float64 { return mean(part(values, from, to)) })
}

// inParts returns what each epoch of a measurement of n values gives.
func inParts(n int, of func(from, to float64) float64) []float64 {
	parts := min(recorded, n)
	var out []float64
	for i := range parts {
		out = append(out, of(float64(i)/float64(parts), float64(i+1)/float64(parts)))
	}
	return out
}

// figure is a way to sum up a measurement.
type figure struct {
	of      func(values []float64) float64
	trimmed bool // epochs that are far out count for little, in the figure and its interval
}

var (
	// typical is the median of the epochs' means. A mean has what an operation pays now
	// and then for all its passes, to the collector first of all, of which the median of
	// batches would show nothing. The median leaves out what the operation doesn't pay
	// for: an epoch in which the machine was busy with something else.
	typical = figure{func(values []float64) float64 { return median(inEpochs(values)) }, true}
	// average has every pass, for slow ones are the operation's own.
	average = figure{mean, false}
)

// ratio returns how much one measurement is of another, with its interval, both from the
// quotients of their epochs: batches are spread alike over the measurement, so that the
// same epoch holds the same time of both, and what befell both cancels. It wouldn't in the
// quotient of two medians, each of which may be of another epoch.
func ratio(values, by []float64, f figure) interval {
	n := min(len(values), len(by))
	of := func(from, to float64) float64 { return mean(part(values, from, to)) / mean(part(by, from, to)) }
	center := f.of(values) / f.of(by)
	if f.trimmed {
		center = median(inParts(n, of))
	}
	return widest(center, n, f.trimmed, of)
}

// widest returns the figure with the widest of the intervals from parts of the
// measurement, which goes from 0 to 1. The parts have at least one of n values each.
func widest(center float64, n int, trimmed bool, of func(from, to float64) float64) interval {
	if !usable(center) {
		return interval{}
	}
	half, level := 0.0, 0.0
	for _, parts := range cuts(n) {
		logs := make([]float64, 0, parts)
		for i := range parts {
			if v := of(float64(i)/float64(parts), float64(i+1)/float64(parts)); usable(v) {
				logs = append(logs, math.Log(v))
			}
		}
		if len(logs) == parts {
			half, level = max(half, halfWidth(logs, trimmed)), confidence
		}
	}
	return interval{center, center * math.Exp(-half), center * math.Exp(half), level}
}

// usable says that a figure has a logarithm: none that is zero or divided by zero does.
func usable(v float64) bool { return v > 0 && !math.IsInf(v, 1) }

// cuts are the numbers of epochs that n values allow.
func cuts(n int) []int {
	of := epochs
	if n < epochs[1]*epochValues {
		of = fewEpochs
	}
	out := slices.DeleteFunc(slices.Clone(of), func(parts int) bool { return parts*epochValues > n })
	switch {
	case len(out) > 0:
		return out
	case n >= 2*fewEpochs[1]:
		return fewEpochs[1:]
	case n >= fewest:
		return []int{n}
	}
	return nil
}

// halfWidth is that of Student's interval of the logarithms. Of a trimmed one, that of
// Tukey and McLaughlin (1963), up to a fifth of them at either end is drawn in to its
// neighbour, so that an epoch in which the machine was away doesn't widen it.
func halfWidth(logs []float64, trimmed bool) float64 {
	n, ends := len(logs), 0
	if trimmed {
		ends = (n - 1) / 5
	}
	sorted := slices.Sorted(slices.Values(logs))
	drawnIn := make([]float64, n)
	for i, v := range logs {
		drawnIn[i] = min(max(v, sorted[ends]), sorted[n-1-ends])
	}
	kept := n - 2*ends
	return student[kept-1] * deviation(drawnIn) * float64(n) / float64(kept) / math.Sqrt(effective(drawnIn))
}

// effective is the number of independent values that would be worth as much as these,
// of which neighbours are correlated. Of fewer than ten no correlation can be told.
func effective(values []float64) float64 {
	n, m := float64(len(values)), mean(values)
	if n < 10 {
		return n
	}
	var all, next float64
	for i, v := range values {
		all += (v - m) * (v - m)
		if i > 0 {
			next += (v - m) * (values[i-1] - m)
		}
	}
	if all == 0 {
		return n
	}
	// Taken from so few values about their own mean, a correlation r comes out too
	// low, by (1+3r)/n or so.
	r := next / all
	r = min(max(r+(1+3*r)/n, 0), 0.9)
	return n * (1 - r) / (1 + r)
}

// student has the quantiles 0.975 of Student's distribution, by degrees of freedom.
var student = [...]float64{math.Inf(1), 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262,
	2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093}

// deviation is the standard deviation of a sample.
func deviation(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(values)-1))
}

// mean returns the mean of values; 0 of none.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(len(values), 1))
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
