package load

import (
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// pacer releases requests to vegeta when they are due, and notes which of them
// found every worker busy: their lateness is a queue that the server caused, the
// lateness of the others is the generator's own.
//
// Pace is called by vegeta's one dispatching goroutine. Its fields are read by
// others only after vegeta has closed the results.
type pacer struct {
	schedule Schedule
	workers  int64
	giveUp   time.Duration // from the start; arrivals still unsent then are dropped
	received *atomic.Int64 // answers taken from vegeta so far
	done     <-chan struct{}

	epoch  time.Time // of the schedule
	queued []bool    // by arrival: no worker was free when it was due, or when it left
}

var _ vegeta.Pacer = (*pacer)(nil)

func newPacer(s Schedule, workers int, giveUp time.Duration, received *atomic.Int64, done <-chan struct{}) *pacer {
	return &pacer{schedule: s, workers: int64(workers), giveUp: giveUp, received: received, done: done,
		queued: make([]bool, s.Planned())}
}

// Pace implements vegeta.Pacer: hits is the number of requests released before. It
// waits itself, for vegeta would wait less precisely and deaf to an interrupt.
func (p *pacer) Pace(elapsed time.Duration, hits uint64) (time.Duration, bool) {
	if p.epoch.IsZero() {
		p.epoch = time.Now().Add(-elapsed) // vegeta doesn't tell when it began
	}
	if !p.schedule.Open() {
		return 0, elapsed >= p.schedule.duration
	}
	if hits > 0 && p.full(hits) {
		p.queued[hits-1] = true // it took the last free worker, or waited for one
	}
	if hits >= uint64(len(p.schedule.due)) || elapsed > p.giveUp {
		return 0, true
	}
	waitFor(p.schedule.due[hits]-elapsed, p.done)
	p.queued[hits] = p.full(hits)
	return 0, false
}

// full reports whether every worker is busy once so many requests were released.
func (p *pacer) full(released uint64) bool {
	return int64(released)-p.received.Load() >= p.workers
}

// Rate implements vegeta.Pacer; vegeta asks only to draw its own charts.
func (p *pacer) Rate(time.Duration) float64 {
	return float64(p.schedule.Planned()) / p.schedule.duration.Seconds()
}
