package cost

import (
	"testing"
	"time"
)

func TestBudgetIsShared(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n         int
		cost      time.Duration
		budget    time.Duration
		most      time.Duration // of the whole measurement
		atLeast   int           // batches of each
		wantShare time.Duration
	}{
		{2, 100, 9 * time.Second, 1200 * time.Millisecond, 400, 562500 * time.Microsecond},
		{16, 30 * time.Microsecond, 9 * time.Second, 9 * time.Second, 400, 562500 * time.Microsecond},
		{300, 30 * time.Microsecond, 9 * time.Second, 10800 * time.Millisecond, 20, 36 * time.Millisecond},
		{1000, 30 * time.Microsecond, 9 * time.Second, 36 * time.Second, 20, 36 * time.Millisecond},
		{300, 30 * time.Microsecond, time.Second, 7500 * time.Millisecond, minBatches, 25 * time.Millisecond},
		{20, 8 * time.Millisecond, 9 * time.Second, 9 * time.Second, 40, 450 * time.Millisecond},
		// Calibration takes two passes, and then come as many as have an interval.
		{100, 200 * time.Millisecond, 9 * time.Second, 160 * time.Second, slowBatches, 90 * time.Millisecond},
	} {
		c := newClock(0)
		var subjects []*subject
		for range tt.n {
			subjects = append(subjects, &subject{work: &fake{clock: c, cost: steady(tt.cost)}})
		}
		e := newEngine(c, 1, tt.budget)
		if got := e.share(tt.n); got != tt.wantShare {
			t.Errorf("the share of %d in %v is %v, want %v", tt.n, tt.budget, got, tt.wantShare)
		}
		start := c.at
		if err := e.measure(t.Context(), subjects); err != nil {
			t.Fatal(err)
		}
		if took := c.at.Sub(start); took > tt.most+tt.most/50 {
			t.Errorf("%d of %v took %v, want at most %v", tt.n, tt.cost, took, tt.most)
		}
		for _, s := range subjects {
			if len(s.times) < tt.atLeast {
				t.Errorf("%d of %v: %d batches, want at least %d", tt.n, tt.cost, len(s.times), tt.atLeast)
				break
			}
		}
	}
}

// A machine that becomes slower after the calibration doesn't take the time of another.
func TestSlowedMachineEndsTheMeasurement(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	start := c.at
	w := &fake{clock: c, cost: func(batch int) time.Duration {
		if batch > 20 {
			return 20 * time.Millisecond
		}
		return 2 * time.Millisecond
	}}
	s := &subject{work: w}
	if err := newEngine(c, 1, 8*time.Second).measure(t.Context(), []*subject{s}); err != nil {
		t.Fatal(err)
	}
	if took := c.at.Sub(start); took > 700*time.Millisecond {
		t.Errorf("a share of 500 ms took %v", took)
	}
}
