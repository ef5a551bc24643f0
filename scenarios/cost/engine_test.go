package cost

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// rounds returns the order of each round in the log of a trio whose subjects all get as
// many batches. Calibration works through one subject after the other, so the rounds
// are counted from the end.
func rounds(subjects []*subject, log []string) []string {
	var orders []string
	for range subjects[0].due {
		at := len(log) - len(subjects)
		orders, log = append(orders, strings.Join(log[at:], "")), log[:at]
	}
	slices.Reverse(orders)
	return orders
}

func measuredOrder(t *testing.T, seed uint64) []string {
	t.Helper()
	c := newClock(0)
	log := new([]string)
	var subjects []*subject
	for _, name := range []string{"a", "b", "c"} {
		subjects = append(subjects, &subject{name: name, work: &fake{name: name, clock: c, cost: steady(2 * time.Millisecond), log: log}})
	}
	if err := newEngine(c, seed, 1600*time.Millisecond).measure(t.Context(), subjects); err != nil {
		t.Fatal(err)
	}
	return rounds(subjects, *log)
}

func TestRoundsAreInterleavedAndShuffled(t *testing.T) {
	t.Parallel()
	orders := measuredOrder(t, 1)
	if len(orders) < minBatches {
		t.Fatalf("%d rounds, too few to judge", len(orders))
	}
	for i, order := range orders {
		sorted := []byte(order)
		slices.Sort(sorted)
		if string(sorted) != "abc" {
			t.Errorf("round %d is %s: not each subject once", i, order)
		}
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(orders))); len(distinct) < 4 {
		t.Errorf("the rounds have %d orders, want most of the six", len(distinct))
	}
	if again := measuredOrder(t, 1); !slices.Equal(orders, again) {
		t.Error("the same seed gave another order")
	}
	if other := measuredOrder(t, 2); slices.Equal(orders, other) {
		t.Error("another seed gave the same order")
	}
}

func TestTimesAreThoseOfOneOperation(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	subjects, _ := trio(c)
	if err := newEngine(c, 1, 800*time.Millisecond).measure(t.Context(), subjects); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{100, 30e3, 2e6} {
		s := subjects[i]
		if len(s.times) < minBatches {
			t.Errorf("%s has %d batches", s.name, len(s.times))
		}
		within(t, s.name, median(s.times), want, want/1e6)
		if batch := want * float64(s.size); batch < float64(minBatch) {
			t.Errorf("a batch of %s takes %v ns, less than %v", s.name, batch, minBatch)
		}
	}
	if n := subjects[2].size; n != 1 {
		t.Errorf("a batch holds %d of an operation that alone is long enough", n)
	}
}

// Each subject's batches lie at the middles of equal parts of the measurement, whatever
// their number, so that an epoch holds the same time of all.
func TestBatchesAreSpreadOverTheMeasurement(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	subjects, log := trio(c)
	subjects[2].work.(*fake).cost = steady(8 * time.Millisecond)
	if err := newEngine(c, 1, 3200*time.Millisecond).measure(t.Context(), subjects); err != nil {
		t.Fatal(err)
	}
	s := subjects[2]
	if s.due < minBatches || s.due > subjects[0].due/3 {
		t.Fatalf("the slower has %d batches, the quicker %d", s.due, subjects[0].due)
	}
	// From the back: what was measured last is sure to be of the rounds.
	total := 0
	for _, x := range subjects {
		total += x.due
	}
	var at []float64
	for i, name := range (*log)[len(*log)-total:] {
		if name == "c" {
			at = append(at, float64(i)/float64(total)*float64(s.due))
		}
	}
	for k, place := range at {
		within(t, "place of a batch", place, float64(k)+0.5, 0.3)
	}
}

func TestBudgetMustBePositive(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	subjects, log := trio(c)
	if err := newEngine(c, 1, 0).measure(t.Context(), subjects); err == nil {
		t.Error("no error for a budget of 0")
	}
	if len(*log) > 0 {
		t.Error("something ran without a budget")
	}
}

func TestFirstBatchesAreThrownAway(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	// One pass, two to find the size, the allocations and one to see how long a batch
	// is: what comes next is the first round.
	before := 1 + 2 + heapBatches + 1
	cold := &fake{name: "a", clock: c, cost: func(batch int) time.Duration {
		if batch > before && batch <= before+warmupBatches {
			return 9 * time.Millisecond
		}
		return 2 * time.Millisecond
	}}
	s := &subject{name: "a", work: cold}
	if err := newEngine(c, 1, 200*time.Millisecond).measure(t.Context(), []*subject{s}); err != nil {
		t.Fatal(err)
	}
	if slowest := slices.Max(s.times); slowest != 2e6 {
		t.Errorf("a batch of %v ns was kept", slowest)
	}
	if want := cold.batches - before - warmupBatches; len(s.times) != want {
		t.Errorf("%d batches were kept, want %d", len(s.times), want)
	}
}

func TestEndOfContextKeepsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	subjects, log := trio(c)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var atEnd int
	subjects[1].work.(*fake).doErr = func(batch int) error {
		if batch == 30 {
			cancel()
			atEnd = len(*log)
		}
		return nil
	}
	err := newEngine(c, 1, time.Minute).measure(ctx, subjects)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want that of the context", err)
	}
	if len(*log) != atEnd {
		t.Errorf("%d batches ran after the end", len(*log)-atEnd)
	}
	for _, s := range subjects {
		if len(s.times) == 0 {
			t.Errorf("%s kept nothing", s.name)
		}
	}
}

// What asks a server is interrupted in the middle of a batch.
func TestEndOfContextInABatchKeepsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	subjects, _ := trio(c)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	subjects[1].work.(*fake).doErr = func(batch int) error {
		if batch < 30 {
			return nil
		}
		cancel()
		return fmt.Errorf("ask: %w", ctx.Err())
	}
	if err := newEngine(c, 1, time.Minute).measure(ctx, subjects); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want that of the context", err)
	}
	for _, s := range subjects {
		if len(s.times) == 0 {
			t.Errorf("%s kept nothing", s.name)
		}
	}
}

func TestWrongAnswerEndsTheMeasurement(t *testing.T) {
	t.Parallel()
	refused := errors.New("a good token is refused")
	always := func(int) error { return refused }
	later := func(batch int) error {
		if batch < 40 {
			return nil
		}
		return refused
	}
	tests := []struct {
		name  string
		spoil func(*fake)
		kept  bool // by the others
	}{
		{"at the first pass", func(f *fake) { f.doErr = always }, false},
		{"at a later batch", func(f *fake) { f.doErr = later }, true},
		{"found by the first check", func(f *fake) { f.checkErr = always }, false},
		{"found by a later check", func(f *fake) { f.checkErr = later }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newClock(0)
			subjects, _ := trio(c)
			tt.spoil(subjects[1].work.(*fake))
			err := newEngine(c, 1, time.Minute).measure(t.Context(), subjects)
			if !errors.Is(err, refused) || !strings.Contains(err.Error(), "measure b") {
				t.Errorf("the error is %v", err)
			}
			if len(subjects[1].times) > 0 {
				t.Error("times of the wrong answer were kept")
			}
			if kept := len(subjects[0].times) > 0; kept != tt.kept {
				t.Errorf("times of the other kept: %v, want %v", kept, tt.kept)
			}
		})
	}
}
