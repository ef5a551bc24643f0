package cost

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// repeat is n values: base, with each third scaled and a spread of ±share, five by turns.
func repeat(n int, base, share, lastThird float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = base * (1 + share*float64(i/5%3-1))
		if i >= n-n/3 {
			values[i] *= lastThird
		}
	}
	return values
}

// noisy is n values around base, without a trend.
func noisy(n int, base, share float64) []float64 {
	rng := rand.New(rand.NewPCG(3, 4))
	values := make([]float64, n)
	for i := range values {
		values[i] = base * (1 + share*(rng.Float64()-0.5))
	}
	return values
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		times []float64
		want  []string
	}{
		{"steady", repeat(30, 1000, 0.01, 1), nil},
		{"just enough", repeat(minBatches, 1000, 0.01, 1), nil},
		{"one too few", repeat(minBatches-1, 1000, 0.01, 1), []string{"few-batches"}},
		{"none", nil, []string{"few-batches"}},
		{"wide", noisy(30, 1000, 0.4), []string{"interval-wide"}},
		{"few and wide", noisy(5, 1000, 0.2), []string{"few-batches", "interval-wide"}},
		{"slower at the end", repeat(90, 1000, 0, 1.12), []string{"interval-wide", "machine-drifted"}},
		{"quicker at the end", repeat(90, 1000, 0, 1/1.12), []string{"interval-wide", "machine-drifted"}},
		{"a little slower at the end", repeat(90, 1000, 0, 1.02), nil},
		{"one batch far out", append(repeat(30, 1000, 0.01, 1), 1e6), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := row(&subject{name: "a", work: &fake{}, times: tt.times, due: minBatches + warmupBatches})
			var got []string
			for _, w := range c.Warnings {
				got = append(got, w.Code)
				if w.Text == "" {
					t.Errorf("%s says nothing", w.Code)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("warnings are %v, want %v (%+v)", got, tt.want, c)
			}
		})
	}
}

func TestRowsAreSortedAndHaveTheirRatio(t *testing.T) {
	t.Parallel()
	limit := &subject{name: "limit/sign/X", work: &fake{}, size: 40, times: repeat(30, 200, 0.01, 1)}
	does := &subject{name: "sign/X", work: &fake{name: "12345"}, limit: limit, size: 8,
		times: repeat(30, 500, 0.01, 1), heap: heapUse{objects: 7, bytes: 512}}
	alone := &subject{name: "limit/hash/Y", work: &fake{}}
	unmeasured := &subject{name: "hash/Y", work: &fake{}, limit: alone, times: repeat(30, 500, 0.01, 1)}
	got := rows([]*subject{does, limit, unmeasured, alone})

	var names []string
	for _, c := range got {
		names = append(names, c.Operation)
	}
	if want := []string{"hash/Y", "limit/hash/Y", "limit/sign/X", "sign/X"}; !slices.Equal(names, want) {
		t.Fatalf("rows are %v, want %v", names, want)
	}
	c := got[3]
	if c.Limit != "limit/sign/X" || c.Ratio != 2.5 || c.RatioLow > 2.5 || c.RatioHigh < 2.5 {
		t.Errorf("limit %q, ratio %v; want limit/sign/X, 2.5", c.Limit, c.Ratio)
	}
	if c.Median != 500 || c.Low < 490 || c.Low > 500 || c.High < 500 || c.Level < confidence {
		t.Errorf("the median is %v (%v to %v at %v)", c.Median, c.Low, c.High, c.Level)
	}
	within(t, "mean", c.Mean, 500, 1e-9)
	if c.Batches != 30 || c.BatchSize != 8 || c.Bytes != 5 || c.Allocs != 7 || c.AllocB != 512 {
		t.Errorf("the row lost something: %+v", c)
	}
	if got[2].Limit != "" || got[2].Ratio != 0 {
		t.Errorf("a limit has a limit: %+v", got[2])
	}
	if got[0].Ratio != 0 {
		t.Errorf("the ratio to a limit that wasn't measured is %v", got[0].Ratio)
	}
}

func TestRowsKeepTheOrderOfTime(t *testing.T) {
	t.Parallel()
	times := []float64{3, 1, 2}
	row(&subject{work: &fake{}, times: times})
	if !slices.Equal(times, []float64{3, 1, 2}) {
		t.Errorf("the batches are now %v", times)
	}
}
