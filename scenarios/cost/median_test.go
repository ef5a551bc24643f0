package cost

import (
	"math"
	"slices"
	"testing"
)

func TestEstimate(t *testing.T) {
	t.Parallel()
	alternating := make([]float64, 60)
	for i := range alternating {
		alternating[i] = 100 * math.Exp(0.01*float64(i/10%2*2-1))
	}
	tests := []struct {
		name   string
		values []float64
		half   float64 // of the interval, as a share of the figure
		level  float64
	}{
		{"none", nil, 0, 0},
		{"one", []float64{100}, 0, 0},
		{"two", []float64{100, 100}, 0, 0},
		{"equal", []float64{100, 100, 100, 100, 100, 100}, 0, 0.95},
		// Student by hand: 4.303 * 0.1 / sqrt(3).
		{"three", []float64{100 * math.Exp(-0.1), 100, 100 * math.Exp(0.1)}, 0.2484, 0.95},
		// Six levels, +-1 % by turns, and two of the six epochs drawn in to the like of them:
		// 3.182 * 0.01095 * 6/4 / sqrt(6), more than from twenty.
		{"the widest counts", alternating, 0.02135, 0.95},
	}
	for _, tt := range tests {
		got := estimate(tt.values, typical)
		if got.level != tt.level {
			t.Errorf("%s: level %v, want %v", tt.name, got.level, tt.level)
		}
		if len(tt.values) > 0 {
			within(t, tt.name+": center", got.center, 100, 0.01)
			within(t, tt.name+": half", math.Log(got.high/got.low)/2, tt.half, 2e-4)
		}
	}
}

// A figure of zero has no logarithm, and no interval.
func TestEstimateOfZeros(t *testing.T) {
	t.Parallel()
	if got := estimate([]float64{0, 0, 0, 0}, typical); got != (interval{}) {
		t.Errorf("the interval is %+v", got)
	}
	if got := estimate([]float64{0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, typical); got.level != 0.95 {
		t.Errorf("one zero among ones: %+v", got)
	}
}

// What slows the operation and its limit alike doesn't widen their ratio.
func TestRatioCancelsDrift(t *testing.T) {
	t.Parallel()
	var does, limit []float64
	for i := range 60 {
		drift := 1 + float64(i)/30
		does = append(does, 300*drift)
		if i%2 == 0 { // slower, so half as many batches
			limit = append(limit, 100*drift)
		}
	}
	got := ratio(does, limit, typical)
	within(t, "ratio", got.center, 3, 0.05)
	if got.low < 2.9 || got.high > 3.15 {
		t.Errorf("the interval is %v to %v", got.low, got.high)
	}
	if own := estimate(does, typical); own.high/own.low < 1.3 {
		t.Errorf("the drift doesn't widen the figure's own interval: %+v", own)
	}
	if none := ratio(does, nil, typical); none != (interval{}) {
		t.Errorf("the ratio to nothing is %+v", none)
	}
}

func TestMeanAndDeviation(t *testing.T) {
	t.Parallel()
	within(t, "mean", mean([]float64{1, 2, 6}), 3, 1e-12)
	within(t, "mean of none", mean(nil), 0, 0)
	within(t, "deviation", deviation([]float64{1, 2, 6}), math.Sqrt(7), 1e-12)
}

func TestCuts(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]int{0: nil, 2: nil, 3: {3}, 7: {7}, 8: {4}, 14: {4}, 15: {5, 4}, 29: {5, 4}, 30: {10, 6}, 60: {20, 10, 6}, 5000: {20, 10, 6}} {
		got := cuts(n)
		if !slices.Equal(got, want) {
			t.Errorf("%d values are cut into %v, want %v", n, got, want)
		}
	}
}

func TestEffective(t *testing.T) {
	t.Parallel()
	var steps, turns []float64
	for i := range 20 {
		steps, turns = append(steps, float64(i/10)), append(turns, float64(i%2))
	}
	if n := effective(steps); n > 2 {
		t.Errorf("two levels, each for ten values, are worth %v", n)
	}
	if n := effective(turns); n != 20 {
		t.Errorf("twenty values by turns are worth %v", n)
	}
	if n := effective(make([]float64, 12)); n != 12 {
		t.Errorf("twelve equal values are worth %v", n)
	}
}
