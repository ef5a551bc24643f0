package load

import (
	"context"
	"slices"
	"time"
)

// span is a time in which the generator stood still, from the start of the schedule:
// stopped, robbed of its processor, collecting garbage, or with a full run queue.
type span struct{ from, to time.Duration }

// watch notes when the generator stands still. It wakes by the same kernel timer and the
// same runtime as the goroutines that read answers, so that what holds these up holds it
// up, too.
type watch struct {
	period time.Duration
	spans  []span // in order of time; read after the watching has ended
}

// watchPeriod is short against what people measure, and costs a few hundredths of one
// processor.
const watchPeriod = time.Millisecond

// run watches until the context ends. What waking usually takes is no standing still.
func (w *watch) run(ctx context.Context, epoch time.Time) {
	c := newClock(ctx)
	defer c.close()
	var usual waking
	for at := time.Since(epoch); ; {
		at += w.period
		c.wait(at - time.Since(epoch))
		now := time.Since(epoch)
		if ctx.Err() != nil {
			return
		}
		if from := at + usual.usual(); now > from {
			w.spans = append(w.spans, span{from, now})
		}
		usual.learn(now - at)
		at = max(at, now)
	}
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
