package cost

import (
	"testing"
	"time"
)

func TestBatchSize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		cost   func(batch int) time.Duration
		lo, hi int
	}{
		{"quick", steady(time.Nanosecond), 1_000_000, 1_200_000},
		{"middling", steady(30 * time.Microsecond), 34, 40},
		{"nearly a batch", steady(999 * time.Microsecond), 2, 2},
		{"a batch", steady(time.Millisecond), 1, 1},
		{"long", steady(time.Second), 1, 1},
		{"too quick for the clock", steady(0), maxSize, maxSize},
		{"interrupted once", func(batch int) time.Duration {
			if batch == 1 {
				return 5 * time.Millisecond
			}
			return 10 * time.Microsecond
		}, 100, 120},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newClock(0)
			got, err := newEngine(c, 1, time.Second).batchSize(&fake{clock: c, cost: tt.cost})
			if err != nil {
				t.Fatal(err)
			}
			if got < tt.lo || got > tt.hi {
				t.Errorf("a batch holds %d operations, want %d to %d", got, tt.lo, tt.hi)
			}
		})
	}
}

// TestAllocationsAreThoseOfOneOperation counts with a counter that another
// goroutine disturbs twice in five batches.
func TestAllocationsAreThoseOfOneOperation(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	e := newEngine(c, 1, time.Second)
	reads, count := 0, heapCount{objects: 1000, bytes: 1 << 20}
	e.heap = func() heapCount {
		reads++
		if reads%2 == 0 {
			count.objects, count.bytes = count.objects+3*10, count.bytes+640*10
		}
		if reads == 2 || reads == 8 {
			count.objects, count.bytes = count.objects+77, count.bytes+4096
		}
		return count
	}
	got, err := e.allocations(&fake{clock: c, cost: steady(1)}, heapBatches, 10)
	if err != nil {
		t.Fatal(err)
	}
	if want := (heapUse{objects: 3, bytes: 640}); got != want {
		t.Errorf("one operation allocates %+v, want %+v", got, want)
	}
}

// TestAllocationsOfRealWork isn't parallel: the counters are the process's.
func TestAllocationsOfRealWork(t *testing.T) {
	e := engine{now: time.Now, heap: readHeap}
	does, limit, err := hashing("SHA-256", "opaque-43")(newMaterial(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []work{does, limit} {
		want := testing.AllocsPerRun(100, func() { _ = w.Do(1) })
		got, err := e.allocations(w, heapBatches, heapSize)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "allocations", got.objects, want, 0.1)
	}
}

// TestCalibrationOfALongOperationIsShort: what takes long isn't done more often than
// it must be.
func TestCalibrationOfALongOperationIsShort(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	w := &fake{clock: c, cost: steady(100 * time.Millisecond)}
	s := &subject{work: w}
	if err := newEngine(c, 1, time.Second).calibrate(s); err != nil {
		t.Fatal(err)
	}
	if w.batches != 2 || s.size != 1 || s.each != 100*time.Millisecond {
		t.Errorf("%d passes, batches of %d in %v", w.batches, s.size, s.each)
	}
}

// TestOneLongPassIsNotALongOperation: a batch of one quick operation would be the clock's
// noise.
func TestOneLongPassIsNotALongOperation(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	w := &fake{clock: c, cost: func(batch int) time.Duration {
		if batch == 1 {
			return 20 * time.Millisecond
		}
		return 30 * time.Microsecond
	}}
	s := &subject{work: w}
	if err := newEngine(c, 1, time.Second).calibrate(s); err != nil {
		t.Fatal(err)
	}
	if batch := time.Duration(s.size) * 30 * time.Microsecond; batch < minBatch || s.each != batch {
		t.Errorf("batches of %d in %v", s.size, s.each)
	}
}
