package load

import (
	"context"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Pacer releases requests to vegeta when they are due.
//
// Pace is called by vegeta's one dispatching goroutine. Its fields are read by
// others only after vegeta has closed the results.
type Pacer struct {
	schedule Schedule
	clock    *clock
	giveUp   time.Duration // from the start; arrivals still unsent then are dropped
	received atomic.Int64  // answers taken from vegeta so far
	most     int64         // requests in flight at once, at the most
	early    waking        // how much earlier to wake
	watch    *watch        // of the requests in flight; may be nil

	begin func(epoch time.Time) // called as the schedule starts; may be nil
	epoch time.Time             // of the schedule
}

var _ vegeta.Pacer = (*Pacer)(nil)

// NewPacer returns a pacer for one attack. It stops when the schedule ends, and
// waits for nothing more once the context does. Close it after the attack.
func NewPacer(ctx context.Context, s Schedule) *Pacer {
	return &Pacer{schedule: s, clock: newClock(ctx), giveUp: giveUp(s.duration)}
}

// Close releases the pacer's timer.
func (p *Pacer) Close() { p.clock.close() }

// answered is told of each answer, and returns how many have come.
func (p *Pacer) answered() int64 {
	if p.watch != nil {
		p.watch.answered()
	}
	return p.received.Add(1)
}

// sent is told of each request before it leaves.
func (p *Pacer) sent() {
	if p.watch != nil {
		p.watch.sent()
	}
}

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
		if elapsed >= p.schedule.duration {
			return 0, true
		}
		p.sent()
		return 0, false
	}
	if hits >= uint64(len(p.schedule.due)) || elapsed > p.giveUp {
		return 0, true
	}
	if at := p.schedule.due[hits] - p.early.usual(); at > elapsed {
		p.clock.wait(at - elapsed)
		p.early.learn(time.Since(p.epoch) - at)
	}
	select {
	case <-p.clock.done:
		return 0, true // vegeta may not know yet, and would send the rest at once
	default:
	}
	p.most = max(p.most, int64(hits)+1-p.received.Load())
	p.sent()
	return 0, false
}

// Rate implements vegeta.Pacer; vegeta asks only to draw its own charts.
func (p *Pacer) Rate(time.Duration) float64 {
	return float64(p.schedule.Planned()) / p.schedule.duration.Seconds()
}

// giveUp is when arrivals that are still unsent are dropped: a generator that never
// catches up must not hold the run for ever.
func giveUp(d time.Duration) time.Duration { return 2*d + 10*time.Second }

// waking learns how long after its time a timer wakes this goroutine, 98 times in 100.
//
// A request whose timer is set to its due time leaves a tenth of a millisecond late, by
// as much as a fast server takes to answer. Set earlier by this, most requests leave a
// little early, which is just another arrival, and hardly any late, which is a delay.
type waking time.Duration

const (
	wakingStep = time.Microsecond
	wakingMost = 500 * time.Microsecond // a busy machine isn't waited for
)

func (w waking) usual() time.Duration { return time.Duration(w) }

// learn moves the estimate so that 98 in 100 are below it.
func (w *waking) learn(over time.Duration) {
	if over > time.Duration(*w) {
		*w = min(*w+49*waking(wakingStep), waking(wakingMost))
	} else {
		*w = max(*w-waking(wakingStep), 0)
	}
}
