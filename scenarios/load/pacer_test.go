package load

import (
	"context"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// Whatever passes between vegeta's start and the first call, a request leaves when it
// is due by the clock that its latency counts from, and never before.
func TestPacerCountsFromItsOwnClock(t *testing.T) {
	t.Parallel()
	p := NewPacer(t.Context(), Schedule{due: []time.Duration{0, 60 * time.Millisecond}, duration: time.Second})
	defer p.Close()
	p.Pace(0, 0)
	p.Pace(40*time.Millisecond, 1) // vegeta began 40 ms before the first call, and didn't say so
	if left := time.Since(p.epoch); left < 60*time.Millisecond-wakingMost {
		t.Errorf("a request due at 60 ms left at %v", left)
	}
}

// A request that is released is in flight until its answer was taken.
func TestMostInFlight(t *testing.T) {
	t.Parallel()
	p := NewPacer(t.Context(), Schedule{due: []time.Duration{0, 1, 2, 3}, duration: time.Second})
	defer p.Close()
	p.Pace(0, 0)
	p.Pace(0, 1)
	p.received.Add(2)
	p.Pace(0, 2)
	if p.most != 2 {
		t.Errorf("%d in flight at the most, want 2", p.most)
	}
}

func TestPacerStopsWithItsContext(t *testing.T) {
	t.Parallel()
	s, err := NewSchedule(results.Constant, 1, time.Hour, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p := NewPacer(ctx, s)
	defer p.Close()
	cancel()
	if _, stop := p.Pace(0, 1); !stop {
		t.Error("a request is released before it is due, after the run has ended")
	}
}
