package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// timeline is what is right for each request at each time. Events change it while the
// load runs, so the truth about an answer is that of an interval: from the sending of
// its request to its arrival.
type timeline struct {
	requests []Request
	events   []Event // in order of time

	mu    sync.Mutex
	begun []time.Time // by event; zero for one that is still to come
	done  []time.Time // likewise, or under way
	errs  []error
}

func newTimeline(requests []Request, events []Event) *timeline {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int { return int(a.At - b.At) })
	return &timeline{requests: requests, events: events, begun: make([]time.Time, len(events)), done: make([]time.Time, len(events))}
}

// run does the events, each when it is due or as soon as the one before is done. It
// ends early with the context.
func (l *timeline) run(ctx context.Context, epoch time.Time) {
	for i, e := range l.events {
		sleep(time.Until(epoch.Add(e.At)), ctx.Done())
		if ctx.Err() != nil {
			return
		}
		l.note(&l.begun[i])
		if err := e.Do(ctx); err != nil {
			l.mu.Lock()
			l.errs = append(l.errs, fmt.Errorf("%s: %w", e.Name, err))
			l.mu.Unlock()
		}
		l.note(&l.done[i])
	}
}

func (l *timeline) note(when *time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*when = time.Now()
}

// right is what a request must have got that was sent and answered at these times.
func (l *timeline) right(request int, sent, answered time.Time) Answer {
	right := l.requests[request].Right
	if len(l.events) == 0 {
		return right
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range l.events {
		switch {
		case !slices.Contains(e.Changes, request) || l.begun[i].IsZero() || answered.Before(l.begun[i]):
		case !l.done[i].IsZero() && sent.After(l.done[i].Add(e.Within)):
			right = e.Then
		default:
			return Either
		}
	}
	return right
}

// excuses reports whether no judgement was right, too, for a request that was sent and
// answered at these times: a part of that was in an outage.
func (l *timeline) excuses(sent, answered time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	excused := false
	for i, e := range l.events {
		switch {
		case l.begun[i].IsZero() || answered.Before(l.begun[i]):
		case e.Outage:
			excused = true
		case e.Over && !l.done[i].IsZero() && sent.After(l.done[i].Add(e.Within)):
			excused = false
		}
	}
	return excused
}

// marks are what happened, and when: an outage from its beginning to its end.
func (l *timeline) marks(epoch time.Time) (out []results.Mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range l.events {
		if l.done[i].IsZero() {
			continue
		}
		from, to := results.Duration(l.begun[i].Sub(epoch)), results.Duration(l.done[i].Sub(epoch))
		if last := len(out) - 1; e.Over && last >= 0 {
			out[last].To = to
			continue
		}
		if !e.Outage {
			to = from
		}
		out = append(out, results.Mark{Name: e.Name, From: from, To: to})
	}
	return out
}

// failures lists the events that failed or never came.
func (l *timeline) failures() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.errs)
	for i, e := range l.events {
		if l.done[i].IsZero() {
			out = append(out, fmt.Errorf("%s: was due %v after the start and didn't happen", e.Name, e.At))
		}
	}
	return out
}
