package cost

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func ascending(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i + 1)
	}
	return values
}

// TestMedianInterval compares with the binomial distribution computed by hand:
// level is 1 - 2 (C(n,0) + ... + C(n,low-1)) / 2^n.
func TestMedianInterval(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n                        int
		center, low, high, level float64
	}{
		{1, 1, 1, 1, 0},
		{2, 1.5, 1, 2, 0.5},
		{5, 3, 1, 5, 1 - 2.0/32},
		{6, 3.5, 1, 6, 1 - 2.0/64},
		{8, 4.5, 1, 8, 1 - 2.0/256},
		{9, 5, 2, 8, 1 - 2*10.0/512},
		{10, 5.5, 2, 9, 1 - 2*11.0/1024},
		{20, 10.5, 6, 15, 1 - 2*21700.0/1048576},
	}
	for _, tt := range tests {
		got := medianInterval(ascending(tt.n), 0.95)
		if got.center != tt.center || got.low != tt.low || got.high != tt.high {
			t.Errorf("of %d: %v in [%v, %v], want %v in [%v, %v]", tt.n, got.center, got.low, got.high, tt.center, tt.low, tt.high)
		}
		within(t, "level", got.level, tt.level, 1e-12)
	}
}

// TestMedianIntervalHoldsTheMedian draws samples of a skewed distribution whose
// median is known, from a fixed seed.
func TestMedianIntervalHoldsTheMedian(t *testing.T) {
	t.Parallel()
	const samples, trueMedian = 2000, 0.6931471805599453
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{10, 37, 100, 2000} {
		held, level := 0, 0.0
		for range samples {
			values := make([]float64, n)
			for i := range values {
				values[i] = rng.ExpFloat64()
			}
			slices.Sort(values)
			m := medianInterval(values, 0.95)
			if m.low <= trueMedian && trueMedian <= m.high {
				held++
			}
			level = m.level
		}
		if level < 0.95 {
			t.Errorf("of %d: a level of %v is below the one asked for", n, level)
		}
		within(t, "share of intervals that hold the median", float64(held)/samples, level, 0.015)
	}
}
