package cost

import (
	"math"
	"math/rand/v2"
	"testing"
)

// machine disturbs the times of batches.
type machine struct {
	name string
	// start begins a run of n batches, and returns a function that tells the logarithm
	// of how much slower than undisturbed the next one is.
	start func(rng *rand.Rand, n int) func() float64
	held  float64 // how often the interval must hold the true figure
}

// maxAlarms is how often two runs of one thing may seem to differ.
const maxAlarms = 0.05

// neighbour is there for a share of the run at a time, and slows by a tenth or so.
func neighbour(share float64) func(*rand.Rand, int) func() float64 {
	return func(rng *rand.Rand, n int) func() float64 {
		keep := math.Exp(-1 / (share * float64(n)))
		x := 0.1 * rng.NormFloat64()
		return func() float64 {
			x = keep*x + 0.1*math.Sqrt(1-keep*keep)*rng.NormFloat64()
			return x + 0.01*rng.NormFloat64()
		}
	}
}

// speeds is a processor whose clock has two of them, 15 % apart, and stays with one for
// a share of the run or so.
func speeds(share float64) func(*rand.Rand, int) func() float64 {
	return func(rng *rand.Rand, n int) func() float64 {
		speed := rng.IntN(2)
		return func() float64 {
			if rng.Float64() < 1/(share*float64(n)) {
				speed = rng.IntN(2)
			}
			return 0.15*float64(speed) + 0.02*rng.NormFloat64()
		}
	}
}

// machines disturb in the ways that shared ones do. What lasts longer makes the
// intervals hold less, as far as it can be: it may be there for all of one run.
var machines = []machine{
	{"quiet", func(rng *rand.Rand, _ int) func() float64 {
		return func() float64 { return 0.01 * rng.NormFloat64() }
	}, 0.95},
	{"heavy tail", func(rng *rand.Rand, _ int) func() float64 {
		return func() float64 {
			// One batch in ten is interrupted, some for very long.
			x := 0.02 * rng.NormFloat64()
			if rng.Float64() < 0.1 {
				x -= 1.5 * math.Log(rng.Float64())
			}
			return x
		}
	}, 0.95},
	{"drift of 20 %", func(rng *rand.Rand, n int) func() float64 {
		slope, i := 0.2*float64(rng.IntN(2)*2-1)/float64(n), -float64(n)/2
		return func() float64 {
			i++
			return slope*i + 0.02*rng.NormFloat64()
		}
	}, 0.95},
	{"neighbour for a hundredth of the run", neighbour(0.01), 0.95},
	{"neighbour for a twentieth", neighbour(0.05), 0.95},
	{"neighbour for a sixth", neighbour(1.0 / 6), 0.85},
	{"two speeds, for a hundredth", speeds(0.01), 0.85},
	{"two speeds, for a twentieth", speeds(0.05), 0.80},
}

// TestIntervalsOnDisturbedMachines proves by simulation what is promised of a figure:
// how often its interval holds the truth, and how seldom two runs of one thing seem
// to differ, with as few batches as a subject has among many and as many as alone.
func TestIntervalsOnDisturbedMachines(t *testing.T) {
	t.Parallel()
	const pairs = 500
	for _, m := range machines {
		for _, n := range []int{15, 60, 600} {
			rng := rand.New(rand.NewPCG(42, uint64(n)))
			var runs []interval
			var centers []float64
			for range 2 * pairs {
				next, times := m.start(rng, n), make([]float64, n)
				for i := range times {
					times[i] = 1000 * math.Exp(next())
				}
				x := estimate(times, typical)
				runs, centers = append(runs, x), append(centers, x.center)
			}
			truth, held, alarms := median(centers), 0, 0
			for i, x := range runs {
				if x.low <= truth && truth <= x.high {
					held++
				}
				if i%2 == 1 && (x.high < runs[i-1].low || runs[i-1].high < x.low) {
					alarms++
				}
			}
			share := float64(held) / float64(len(runs))
			t.Logf("%s, %d batches: %.3f hold, %.3f of the pairs differ", m.name, n, share, float64(alarms)/pairs)
			if share < m.held {
				t.Errorf("%s, %d batches: %.3f of the intervals hold the figure, want %.2f", m.name, n, share, m.held)
			}
			if float64(alarms)/pairs > maxAlarms {
				t.Errorf("%s, %d batches: %.3f of the pairs differ, want at most %.2f", m.name, n, float64(alarms)/pairs, maxAlarms)
			}
		}
	}
}

// TestRatiosOnDisturbedMachines proves that what befalls an operation and its limit alike
// cancels, in the ratio as in its interval.
func TestRatiosOnDisturbedMachines(t *testing.T) {
	t.Parallel()
	const runs, truth, want = 500, 2.0, 0.95
	for _, m := range machines {
		for _, n := range []int{15, 60, 600} {
			rng := rand.New(rand.NewPCG(42, uint64(n)))
			held := 0
			for range runs {
				next := m.start(rng, 2*n)
				var does, limit []float64
				for range n {
					first, second := math.Exp(next()), math.Exp(next())
					if rng.IntN(2) == 0 { // in either order, as the engine has them
						first, second = second, first
					}
					does, limit = append(does, truth*first), append(limit, second)
				}
				if x := ratio(does, limit, typical); x.low <= truth && truth <= x.high {
					held++
				}
			}
			if share := float64(held) / runs; share < want {
				t.Errorf("%s, %d batches: %.3f of the intervals hold the ratio, want %.2f", m.name, n, share, want)
			}
		}
	}
}
