package load

import (
	"testing"
	"time"
)

// A generator that stands still is noted while a request is in flight, whether the alarm
// or the answer is the first to come after it. The clock of each case is set on by hand.
func TestWatchNotesWhatHoldsUpAnswers(t *testing.T) {
	t.Parallel()
	const stop = time.Hour // nothing else takes as long
	for _, c := range []struct {
		name  string
		do    func(w *watch, stand func())
		spans int
	}{
		{"before a request", func(w *watch, stand func()) { stand(); w.sent(); w.answered() }, 0},
		{"after an answer", func(w *watch, stand func()) { w.sent(); w.answered(); stand(); w.ring() }, 0},
		{"until an answer", func(w *watch, stand func()) { w.sent(); stand(); w.answered() }, 1},
		{"until the alarm", func(w *watch, stand func()) { w.sent(); stand(); w.ring(); w.answered() }, 1},
		{"while one of two is in flight", func(w *watch, stand func()) { w.sent(); w.sent(); w.answered(); stand(); w.answered() }, 1},
		{"twice", func(w *watch, stand func()) {
			for range 2 {
				w.sent()
				stand()
				w.answered()
			}
		}, 2},
	} {
		w := newWatch()
		w.begin(time.Now())
		c.do(w, func() { w.begin(w.epoch.Add(-stop)) })
		n := 0
		for _, s := range w.noted() {
			if s.to-s.from > stop/2 {
				n++
			}
		}
		if n != c.spans {
			t.Errorf("%s: %d spans noted (%v), want %d", c.name, n, w.noted(), c.spans)
		}
		w.close()
	}
}

// The alarm is heard while nobody else calls.
func TestWatchHearsItsAlarm(t *testing.T) {
	t.Parallel()
	w := newWatch()
	defer w.close()
	w.begin(time.Now())
	w.sent()
	w.mu.Lock()
	first := w.next
	w.mu.Unlock()
	for range 5000 {
		time.Sleep(time.Millisecond)
		w.mu.Lock()
		heard := w.next > first
		w.mu.Unlock()
		if heard {
			return
		}
	}
	t.Error("the alarm isn't heard")
}
