package cost

import (
	"context"
	"errors"
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
	// warmupBatches of a subject are measured and thrown away.
	warmupBatches = 2
)

// subject is one thing that is measured: an operation, or the limit of one.
type subject struct {
	name  string
	work  work
	limit *subject // nil for a limit, and for an operation that has none
	tail  bool     // the mean is the figure: slow passes are part of the operation

	size  int           // operations in a batch
	each  time.Duration // of a batch, with the check that follows
	due   int           // batches that its share of the budget allows, warm-up included
	warm  int           // of them, still to be thrown away
	depth int           // of the next batch; see atDepth
	heap  heapUse       // of one operation
	times []float64     // nanoseconds of one operation, a batch each, in order of time
}

// engine measures subjects in interleaved batches. A machine that slows down, or
// a neighbour that wakes up, then hits all of them alike, and each round has an
// order of its own, so that no subject always follows the same one.
type engine struct {
	now      func() time.Time
	heap     func() heapCount
	order    *rand.Rand
	budget   time.Duration // of all subjects together; see share
	progress func(done float64, note string)
}

// measure gives each subject its share of the budget, spread evenly over the whole
// measurement, until all have theirs or ctx ends, which it looks at between batches.
// On an error too, they keep what was measured; a subject that gave a wrong answer
// keeps nothing.
func (e engine) measure(ctx context.Context, subjects []*subject) error {
	if e.budget <= 0 {
		return fmt.Errorf("measure: a budget of %v leaves no time", e.budget)
	}
	start, share := e.now(), e.share(len(subjects))
	planned := share * time.Duration(len(subjects)) // of the whole measurement
	done := func() float64 { return min(1, float64(e.now().Sub(start))/float64(planned)) }
	rounds, left := 0, time.Duration(0)
	for _, s := range subjects {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("measure: %w", err)
		}
		e.progress(done(), "size of a batch: "+s.name)
		began := e.now()
		if err := e.calibrate(s); err != nil {
			return fmt.Errorf("measure %s: %w", s.name, err)
		}
		s.allot(share, e.now().Sub(began))
		rounds, left = max(rounds, s.due), left+s.time(share)
	}
	// A machine that has slowed down since gets a little more time, and no more.
	began, most := e.now(), left+left/4
	planned = began.Sub(start) + left
	credit := make([]int, len(subjects))
	for round := range rounds {
		e.progress(done(), fmt.Sprintf("round %d of %d", round+1, rounds))
		for _, i := range e.order.Perm(len(subjects)) {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("measure: %w", err)
			}
			s := subjects[i]
			// Its batches are due at the middles of as many equal parts of the rounds.
			if credit[i] += 2 * s.due; credit[i] < rounds {
				continue
			}
			credit[i] -= 2 * rounds
			if e.now().Sub(began) >= most {
				return nil
			}
			if err := e.add(s); err != nil {
				if ended := ctx.Err(); ended == nil || !errors.Is(err, ended) {
					s.times = nil
				}
				return fmt.Errorf("measure %s: %w", s.name, err)
			}
		}
	}
	return nil
}

// add runs one more batch of the subject.
func (e engine) add(s *subject) error {
	took, err := e.time(s.work, s.size, s.depth)
	s.depth = (s.depth + 3) % depths // few batches that follow each other are at places far apart
	if err != nil {
		return err
	}
	if s.warm > 0 {
		s.warm--
		return nil
	}
	s.times = append(s.times, float64(took)/float64(s.size))
	return nil
}

// time runs one batch and returns how long it took; the check comes after.
func (e engine) time(w work, n, depth int) (took time.Duration, err error) {
	atDepth(depth, func() {
		start := e.now()
		err = w.Do(n)
		took = e.now().Sub(start)
	})
	if err != nil {
		return 0, err
	}
	return took, w.Check()
}
