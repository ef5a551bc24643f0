package load

import (
	"context"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Pacer releases requests to vegeta when they are due, and notes which of them
// found every worker busy: their lateness is a queue that the server caused, the
// lateness of the others is the generator's own.
//
// Pace is called by vegeta's one dispatching goroutine. Its fields are read by
// others only after vegeta has closed the results.
type Pacer struct {
	schedule Schedule
	clock    *clock
	giveUp   time.Duration // from the start; arrivals still unsent then are dropped
	workers  int64         // 0 when nobody asks who was queued
	received atomic.Int64  // answers taken from vegeta so far

	begin  func(epoch time.Time) // called as the schedule starts; may be nil
	epoch  time.Time             // of the schedule
	queued []bool                // by arrival: no worker was free when it was to leave
}

var _ vegeta.Pacer = (*Pacer)(nil)

// NewPacer returns a pacer for one attack. It stops when the schedule ends, and
// waits for nothing more once the context does. Close it after the attack.
func NewPacer(ctx context.Context, s Schedule) *Pacer {
	return &Pacer{schedule: s, clock: newClock(ctx), giveUp: giveUp(s.duration), queued: make([]bool, s.Planned())}
}

// Close releases the pacer's timer.
func (p *Pacer) Close() { p.clock.close() }

// Pace implements vegeta.Pacer: hits is the number of requests released before. It
// waits itself, for vegeta would wait less precisely and deaf to an interrupt.
//
// Vegeta's own elapsed time isn't used: it counts from a moment that vegeta doesn't
// tell, and whatever passed until the first call would be taken off every latency.
func (p *Pacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if p.epoch.IsZero() {
		if p.epoch = time.Now(); p.begin != nil {
			p.begin(p.epoch)
		}
	}
	elapsed := time.Since(p.epoch)
	if !p.schedule.Open() {
		return 0, elapsed >= p.schedule.duration
	}
	if hits >= uint64(len(p.schedule.due)) || elapsed > p.giveUp {
		return 0, true
	}
	p.clock.wait(p.schedule.due[hits] - elapsed)
	select {
	case <-p.clock.done:
		return 0, true // vegeta may not know yet, and would send the rest at once
	default:
	}
	p.queued[hits] = p.full(hits)
	return 0, false
}

// full reports whether every worker is busy once so many requests were released.
func (p *Pacer) full(released uint64) bool {
	return p.workers > 0 && int64(released)-p.received.Load() >= p.workers
}

// Rate implements vegeta.Pacer; vegeta asks only to draw its own charts.
func (p *Pacer) Rate(time.Duration) float64 {
	return float64(p.schedule.Planned()) / p.schedule.duration.Seconds()
}

// giveUp is when arrivals that are still unsent are dropped: a server that never
// catches up must not hold the run for ever.
func giveUp(d time.Duration) time.Duration { return 2*d + 10*time.Second }
