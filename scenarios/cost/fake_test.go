package cost

import (
	"math/rand/v2"
	"testing"
	"time"
)

// clock is a clock that only moves when it is told to.
type clock struct {
	at   time.Time
	tick time.Duration // by which each look at it moves it
}

func newClock(tick time.Duration) *clock { return &clock{at: time.Unix(0, 0), tick: tick} }

func (c *clock) now() time.Time {
	c.at = c.at.Add(c.tick)
	return c.at
}

// fake is work that takes the clock as long as it is told to, and leaves its name
// in a log that all works of a test share.
type fake struct {
	name     string
	clock    *clock
	cost     func(batch int) time.Duration // of one operation in the n-th batch
	log      *[]string
	doErr    func(batch int) error
	checkErr func(batch int) error // after that batch
	batches  int
}

func (f *fake) Do(n int) error {
	f.batches++
	f.clock.at = f.clock.at.Add(time.Duration(n) * f.cost(f.batches))
	if f.log != nil {
		*f.log = append(*f.log, f.name)
	}
	if f.doErr != nil {
		return f.doErr(f.batches)
	}
	return nil
}

func (f *fake) Check() error {
	if f.checkErr != nil {
		return f.checkErr(f.batches)
	}
	return nil
}

func (f *fake) Size() int { return len(f.name) }

// steady costs the same in every batch.
func steady(d time.Duration) func(int) time.Duration {
	return func(int) time.Duration { return d }
}

func newEngine(c *clock, seed uint64, budget time.Duration) engine {
	return engine{
		now:      c.now,
		heap:     func() heapCount { return heapCount{} },
		order:    rand.New(rand.NewPCG(seed, 0)),
		budget:   budget,
		progress: func(float64, string) {},
	}
}

// trio is three subjects on one clock, one of each speed, with their log.
func trio(c *clock) ([]*subject, *[]string) {
	log := new([]string)
	with := func(name string, cost time.Duration) *subject {
		return &subject{name: name, work: &fake{name: name, clock: c, cost: steady(cost), log: log}}
	}
	return []*subject{with("a", 100*time.Nanosecond), with("b", 30*time.Microsecond), with("c", 2*time.Millisecond)}, log
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if got < want-tolerance || got > want+tolerance {
		t.Errorf("%s is %v, want %v ± %v", what, got, want, tolerance)
	}
}
