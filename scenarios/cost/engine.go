package cost

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// minBatch is long enough for reading the clock to vanish in it, and shorter
	// than the time that a scheduler takes away at once: on a busy machine most
	// batches run undisturbed, and the median is one of them.
	minBatch = time.Millisecond
	// minBatches is how many batches a row needs to be believed.
	minBatches = 10
	// warmupRounds are measured and thrown away.
	warmupRounds = 2
)

// subject is one thing that is measured: an operation, or the limit of one.
type subject struct {
	name  string
	work  work
	limit *subject // nil for a limit

	size  int       // operations in a batch
	heap  heapUse   // of one operation
	times []float64 // nanoseconds of one operation, a batch each, in order of time
}

// engine measures subjects in interleaved batches. A machine that slows down, or
// a neighbour that wakes up, then hits all of them alike, and each round has an
// order of its own, so that no subject always follows the same one.
type engine struct {
	now      func() time.Time
	heap     func() heapCount
	order    *rand.Rand
	budget   time.Duration // of all subjects together
	progress func(done float64, note string)
}

// measure fills the subjects until the budget is spent or ctx ends, which it looks
// at between batches. On an error too, they keep what was measured; a subject that
// gave a wrong answer keeps nothing.
func (e engine) measure(ctx context.Context, subjects []*subject) error {
	if e.budget <= 0 {
		return fmt.Errorf("measure: a budget of %v leaves no time", e.budget)
	}
	start := e.now()
	// next says whether there is another batch to be run.
	next := func() (bool, error) {
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("measure: %w", err)
		}
		return e.now().Sub(start) < e.budget, nil
	}
	for _, s := range subjects {
		if more, err := next(); !more {
			return err
		}
		if err := e.calibrate(s); err != nil {
			return fmt.Errorf("measure %s: %w", s.name, err)
		}
	}
	for round := 0; ; round++ {
		e.progress(min(1, float64(e.now().Sub(start))/float64(e.budget)), fmt.Sprintf("round %d", round+1))
		for _, i := range e.order.Perm(len(subjects)) {
			if more, err := next(); !more {
				return err
			}
			s := subjects[i]
			t, err := e.time(s.work, s.size)
			if err != nil {
				s.times = nil
				return fmt.Errorf("measure %s: %w", s.name, err)
			}
			if round >= warmupRounds {
				s.times = append(s.times, float64(t)/float64(s.size))
			}
		}
	}
}

// time runs one batch and returns how long it took; the check comes after.
func (e engine) time(w work, n int) (time.Duration, error) {
	start := e.now()
	err := w.Do(n)
	took := e.now().Sub(start)
	if err != nil {
		return 0, err
	}
	return took, w.Check()
}
