package load

import (
	"slices"
	"sync"
	"time"
)

// span is a time in which the generator stood still, from the start of the schedule:
// stopped, robbed of its processor, collecting garbage, or with a full run queue.
type span struct{ from, to time.Duration }

// watch notes when the generator stands still while a request is in flight. It wakes by
// the same kernel timer and the same runtime as the goroutines that read answers, so that
// what holds these up holds it up, too. Between requests it sleeps: what holds up the
// sending shows in the lateness.
type watch struct {
	alarm *alarm

	mu       sync.Mutex
	epoch    time.Time     // of the schedule
	inFlight int           // requests
	next     time.Duration // when the alarm is due, from the epoch
	usual    waking        // what waking usually takes is no standing still
	spans    []span        // in order of time
	closed   bool
}

// watchPeriod is short against what people measure.
const watchPeriod = time.Millisecond

func newWatch() *watch {
	w := new(watch)
	w.alarm = newAlarm(w.ring)
	return w
}

// begin is called before the first request is sent.
func (w *watch) begin(epoch time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.epoch = epoch
}

// sent is called right before a request is sent.
func (w *watch) sent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inFlight++; w.inFlight == 1 {
		// A multiple of the period: neither sooner nor later after a request than for any other.
		now := time.Since(w.epoch)
		w.next = now.Truncate(watchPeriod) + watchPeriod
		w.alarm.set(w.next - now)
	}
}

// answered is called when an answer was read.
func (w *watch) answered() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inFlight--; w.inFlight == 0 {
		w.note(time.Since(w.epoch)) // the answer may have been read before the alarm was heard
		w.alarm.off()
	}
}

func (w *watch) ring() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Since(w.epoch)
	if w.closed || w.inFlight == 0 || now < w.next {
		return // it was set again as it rang
	}
	w.note(now)
	w.usual.learn(now - w.next)
	w.next = now + watchPeriod
	w.alarm.set(watchPeriod)
}

// note notes the time since the alarm was due, where that is more than usual.
func (w *watch) note(now time.Duration) {
	if from := w.next + w.usual.usual(); now > from {
		w.spans = append(w.spans, span{from, now})
	}
}

// noted are the spans, for after the last answer.
func (w *watch) noted() []span {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.spans
}

// close ends the watching, once nothing is sent any more.
func (w *watch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.alarm.close()
}

// delay is how much later than it came an answer may have been read that was waited for
// from sent to end. Answers that came while the generator stood still are read right
// after it, some before and some after the watch has woken: so it is looked for behind
// the end of a span as long as that was.
func delay(spans []span, sent, end time.Duration) time.Duration {
	i, _ := slices.BinarySearchFunc(spans, end, func(s span, end time.Duration) int {
		return int(s.to + (s.to - s.from) - end)
	})
	if i == len(spans) || spans[i].from >= end || spans[i].to <= sent {
		return 0
	}
	return end - max(spans[i].from, sent)
}

// stood is how long the generator stood still before the end, and the longest time of it.
func stood(spans []span, end time.Duration) (all, longest time.Duration) {
	for _, s := range spans {
		if d := min(s.to, end) - s.from; d > 0 {
			all, longest = all+d, max(longest, d)
		}
	}
	return all, longest
}
