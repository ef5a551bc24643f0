package stats

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

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
			if r, truth := Interval(h, q), int64((1+q)*1e9); r.Low <= truth && truth <= r.High {
				held++
			}
		}
		if held < trials*92/100 || held > trials*98/100+2 {
			t.Errorf("q %v: the interval holds the truth %d times in %d, want about 95 in 100", q, held, trials)
		}
	}
}

func TestIntervalIsOpenWhereSamplesAreFew(t *testing.T) {
	t.Parallel()
	h := results.NewHistogram()
	if r := Interval(h, 0.5); r != (Range{results.LowestLatency, results.HighestLatency}) {
		t.Errorf("no samples: %v, want all that is possible", r)
	}
	for range 300 {
		results.Record(h, time.Millisecond)
	}
	if r := Interval(h, 0.99); r.High != results.HighestLatency || r.Low < int64(990*time.Microsecond) {
		t.Errorf("p99 of 300 samples: %v, want it open above", r)
	}
	if r := Interval(h, 0.5); r.High > int64(1010*time.Microsecond) {
		t.Errorf("median of 300 samples: %v, want it closed", r)
	}
}

func TestApart(t *testing.T) {
	t.Parallel()
	cell := func(repetitions ...time.Duration) Cell {
		var steps []results.StepResult
		for i, d := range repetitions {
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
	const ms = time.Millisecond
	for _, c := range []struct {
		name string
		a, b Cell
		q    float64
		why  string // empty when they are apart
	}{
		{"far", cell(ms, ms), cell(3*ms, 3*ms), 0.99, ""},
		{"same, measured once", cell(ms), cell(ms), 0.5, "within chance"},
		{"same, repeated", cell(ms, ms), cell(ms, ms), 0.5, "the repetitions overlap"},
		{"one repetition each", cell(ms), cell(3 * ms), 0.99, ""},
		{"a repetition between the others", cell(ms, ms, ms, 5*ms), cell(2*ms, 2*ms, 2*ms, 2*ms), 0.5, "the repetitions overlap"},
	} {
		if ok, why := Apart(c.a, c.b, c.q); ok != (c.why == "") || why != c.why {
			t.Errorf("%s: %v, %q; want %q", c.name, ok, why, c.why)
		}
	}
}
