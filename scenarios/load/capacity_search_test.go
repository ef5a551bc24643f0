package load

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// simulated is a server whose latency follows a law with a knee: it takes base, divided by
// the share of its capacity that is left.
type simulated struct {
	capacity, base, bound float64 // requests a second; seconds
	generator             float64 // that the generator can send; 0 for all
	wrongAbove            float64 // the rate above which an answer is wrong; 0 for none
	noise                 float64 // share of the trials that something else spoils
	random                *rand.Rand

	trials, long int
	lied         bool
}

// truth is the highest rate that keeps the bound.
func (s *simulated) truth() float64 {
	rate := s.capacity * (1 - s.base/s.bound)
	if s.wrongAbove > 0 {
		rate = min(rate, s.wrongAbove)
	}
	return rate
}

func (s *simulated) try(_ context.Context, rate float64, long bool) (trial, error) {
	s.trials++
	if long {
		s.long++
	}
	t := trial{rate: rate, long: long, answered: min(rate, s.capacity), at: 10 * s.bound}
	if rate < s.capacity {
		t.at = s.base / (1 - rate/s.capacity)
	}
	switch {
	case s.wrongAbove > 0 && rate > s.wrongAbove:
		t.outcome, t.wrong, t.why = missed, true, "1 of 100 answers were wrong"
	case s.generator > 0 && rate > s.generator:
		t.outcome, t.answered, t.why = blocked, s.generator, "late"
	case s.random.Float64() < s.noise:
		t.outcome, t.at, t.why = missed, 2*s.bound, "late by chance"
	case t.at > s.bound:
		t.outcome, t.why = missed, "late"
	}
	return t, nil
}

func always() bool { return true }

// What is found is what the law says, for servers fast and slow, and where nothing says
// that more is impossible, it is told as that.
func TestSearchFindsTheKnee(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		server  simulated
		most    float64
		want    float64 // 0 for none
		atLeast bool
		wrong   bool
	}{
		"fast":               {server: simulated{capacity: 4321, base: 0.001, bound: 0.1}},
		"very fast":          {server: simulated{capacity: 77_000, base: 0.0001, bound: 0.02}},
		"slow":               {server: simulated{capacity: 35, base: 0.03, bound: 0.1}},
		"very slow":          {server: simulated{capacity: 3, base: 0.02, bound: 0.1}},
		"near the first":     {server: simulated{capacity: 105, base: 0.001, bound: 0.1}},
		"a soft knee":        {server: simulated{capacity: 2000, base: 0.04, bound: 0.1}},
		"never in time":      {server: simulated{capacity: 2000, base: 0.2, bound: 0.1}, want: -1},
		"wrong at high rate": {server: simulated{capacity: 4321, base: 0.001, bound: 0.1, wrongAbove: 1500}, wrong: true},
		"wrong at any rate":  {server: simulated{capacity: 4321, base: 0.001, bound: 0.1, wrongAbove: 0.5}, want: -1, wrong: true},
		"a weak generator":   {server: simulated{capacity: 4321, base: 0.001, bound: 0.1, generator: 900}, want: 900, atLeast: true},
		"more than is tried": {server: simulated{capacity: 1e6, base: 0.001, bound: 0.1}, most: 5000, want: 5000, atLeast: true},
	} {
		s := tt.server
		s.random = rand.New(rand.NewPCG(1, 2))
		if tt.most == 0 {
			tt.most = mostRate
		}
		if tt.want == 0 {
			tt.want = s.truth()
		}
		f, err := search(t.Context(), s.try, tt.most, always)
		if err != nil || (f.wrong != nil) != tt.wrong {
			t.Errorf("%s: error %v, wrong %v", name, err, f.wrong)
		}
		if tt.want < 0 {
			if f.held != nil || f.failed == nil {
				t.Errorf("%s: held %+v, failed %+v", name, f.held, f.failed)
			}
			continue
		}
		if f.held == nil || f.held.rate > tt.want*1.0001 || f.held.rate < tt.want/nearby/1.01 || f.atLeast() != tt.atLeast || !f.held.long {
			t.Errorf("%s: held %+v, failed %+v, want %g, at least %v", name, f.held, f.failed, tt.want, tt.atLeast)
			continue
		}
		if !tt.atLeast && (f.failed.rate <= f.held.rate || f.failed.rate > f.held.rate*1.11 || !f.failed.long) {
			t.Errorf("%s: held %+v and not %+v, want one just above", name, f.held, f.failed)
		}
		if s.trials > 26 || s.long > 2*mostConfirmations {
			t.Errorf("%s: %d trials, %d of them longer", name, s.trials, s.long)
		}
	}
}

// A machine that spoils one trial in seven moves what is found by little, and never above
// what is true.
func TestSearchInNoise(t *testing.T) {
	t.Parallel()
	good, most := 0, 0
	const searches = 200
	for n := range uint64(searches) {
		s := simulated{capacity: 3000, base: 0.001, bound: 0.1, noise: 0.15, random: rand.New(rand.NewPCG(n, 3))}
		f, err := search(t.Context(), s.try, mostRate, always)
		if err != nil || f.held == nil {
			t.Fatalf("search %d: %+v, %v", n, f, err)
		}
		if f.held.rate > s.truth() || f.failed == nil || f.failed.rate <= f.held.rate {
			t.Errorf("search %d: held %+v, failed %+v, the truth is %g", n, f.held, f.failed, s.truth())
		}
		if f.held.rate > 0.8*s.truth() {
			good++
		}
		most = max(most, s.trials)
	}
	if good < searches*9/10 || most > 45 {
		t.Errorf("%d of %d searches came within 20 %%, and one took %d trials", good, searches, most)
	}
}

// A search that has no time left confirms what it has, and one that is cut short ends.
func TestSearchEnds(t *testing.T) {
	t.Parallel()
	s := simulated{capacity: 4321, base: 0.001, bound: 0.1, random: rand.New(rand.NewPCG(1, 2))}
	f, err := search(t.Context(), s.try, mostRate, func() bool { return s.trials < 4 })
	if err != nil || f.held == nil || !f.held.long || f.held.rate > s.truth() {
		t.Errorf("held %+v, %v", f.held, err)
	}
	broken := errors.New("no server")
	tried := 0
	_, err = search(t.Context(), func(context.Context, float64, bool) (trial, error) {
		tried++
		return trial{}, broken
	}, mostRate, always)
	if !errors.Is(err, broken) || tried != 1 {
		t.Errorf("error %v after %d trials", err, tried)
	}
}
