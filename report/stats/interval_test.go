package stats

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// packed is h as a record gives it back.
func packed(t *testing.T, h *hdrhistogram.Histogram) *hdrhistogram.PackedHistogram {
	t.Helper()
	out, err := results.EncodeHistogram(h).Decode()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The interval holds the true quantile about 95 times in 100. The seed is fixed, and
// so is the count.
func TestIntervalCovers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	const trials = 400
	for _, q := range []float64{0.5, 0.99} {
		held := 0
		for range trials {
			h := results.NewHistogram()
			for range 2000 {
				results.Record(h, time.Duration((1+rng.Float64())*1e9)) // uniform: the quantile q is 1 + q seconds
			}
			if r, _ := (Cell{Response: packed(t, h)}).Interval(q); r.Low <= (1+q)*1e9 && (1+q)*1e9 <= r.High {
				held++
			}
		}
		if held < trials*92/100 || held > trials*98/100+2 {
			t.Errorf("q %v: the interval holds the truth %d times in %d, want about 95 in 100", q, held, trials)
		}
	}
}

// Where no sample lies beyond the quantile, it isn't known how far it is.
func TestNoIntervalOfFewSamples(t *testing.T) {
	t.Parallel()
	h := results.NewHistogram()
	if r, ok := (Cell{Response: packed(t, h)}).Interval(0.5); ok {
		t.Errorf("no samples: %v", r)
	}
	for range 360 {
		results.Record(h, time.Millisecond)
	}
	c := Cell{Response: packed(t, h)}
	if r, ok := c.Interval(0.99); ok {
		t.Errorf("p99 of 360 samples: %v, want none", r)
	}
	if r, ok := c.Interval(0.5); !ok || r.Low < 0.99e6 || r.High > 1.01e6 {
		t.Errorf("median of 360 samples: %v, %v", r, ok)
	}
	for range 10 {
		results.Record(h, time.Millisecond)
	}
	c.Response = packed(t, h)
	if _, ok := c.Interval(0.99); !ok {
		t.Error("p99 of 370 samples: want an interval")
	}
}

// cell has a repetition for each of the medians.
func cell(t *testing.T, medians ...time.Duration) Cell {
	t.Helper()
	var steps []results.StepResult
	for i, d := range medians {
		s := load("local", "ES256", i+1, results.Pass, d)
		h := results.NewHistogram()
		for range 1000 {
			results.Record(h, d)
		}
		s.Series.Response = results.EncodeHistogram(h)
		steps = append(steps, s)
	}
	cells, err := Cells(results.Run{Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	return cells[0]
}

// The interval of a cell holds what each repetition had.
func TestIntervalHoldsTheRepetitions(t *testing.T) {
	t.Parallel()
	if r, ok := cell(t, time.Millisecond, 9*time.Millisecond, time.Millisecond).Interval(0.5); !ok || r.Low > 1.01e6 || r.High < 8.9e6 {
		t.Errorf("interval %v, %v, want it to reach from 1 to 9 ms", r, ok)
	}
}

func TestRatio(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct {
		name   string
		a, b   Cell
		ratio  float64
		known  bool // that there is an interval
		larger bool // and that it lies above 1
	}{
		{"steady", cell(t, 30*ms, 31*ms, 30*ms), cell(t, 10*ms, 10*ms, 10*ms), 3.03, true, true},
		{"drift of both", cell(t, 30*ms, 60*ms, 90*ms), cell(t, 10*ms, 20*ms, 30*ms), 3, true, true},
		{"once", cell(t, 30*ms), cell(t, 10*ms), 3, false, false},
		{"two and two can't be beyond chance", cell(t, 36*ms, 36*ms), cell(t, 4*ms, 36*ms), 3, true, false},
		{"same", cell(t, 10*ms, 11*ms, 9*ms), cell(t, 10*ms, 9*ms, 11*ms), 1, true, false},
		{"other rounds", cell(t, 30*ms), Cell{}, 0, false, false},
	} {
		ratio, r, ok := Ratio(c.a, c.b, At(0.5))
		if math.Abs(ratio-c.ratio) > 0.02*c.ratio || ok != c.known || (ok && r.Low > 1) != c.larger || ok && (r.Low > ratio || r.High < ratio) {
			t.Errorf("%s: %v, %v, %v", c.name, ratio, r, ok)
		}
	}
}

// Of equal cells the interval holds 1 about 95 times in 100.
func TestRatioCovers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 9))
	noisy := func() []time.Duration {
		out := make([]time.Duration, 3)
		for i := range out {
			out[i] = time.Duration(10e6 * math.Exp(0.1*rng.NormFloat64()))
		}
		return out
	}
	const trials = 300
	held := 0
	for range trials {
		if _, r, ok := Ratio(cell(t, noisy()...), cell(t, noisy()...), At(0.5)); ok && r.Low <= 1 && r.High >= 1 {
			held++
		}
	}
	if held < trials*91/100 || held > trials*98/100 {
		t.Errorf("the interval holds 1 %d times in %d", held, trials)
	}
}
