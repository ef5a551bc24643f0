package cost

import (
	"math"
	"runtime"
	"time"
)

const (
	// maxGrowth bounds one step of the search for a batch size: a first pass
	// that is too quick for the clock says little.
	maxGrowth = 100
	// maxSize ends the search for an operation that no clock can see.
	maxSize = 1 << 30

	heapBatches = 5   // batches by which allocations are counted
	heapSize    = 100 // most operations in such a batch

	// longPass is so long that there is no batch size to search for, and no time for
	// many passes, unless it was the first alone.
	longPass = 10 * minBatch
)

// calibrate finds the subject's batch size and how long a batch is, and counts its
// allocations in batches that aren't timed: reading the counters stops the world.
func (e engine) calibrate(s *subject) error {
	// The first pass builds tables and fills caches; it says little of the cost.
	first, err := e.time(s.work, 1, 0)
	if err != nil {
		return err
	}
	if first >= longPass {
		began := e.now()
		s.heap, err = e.allocations(s.work, 1, 1)
		s.size, s.each = 1, e.now().Sub(began)
		if err != nil || s.each >= longPass {
			return err
		}
		// A server that has just been filled had other things to do at the first.
	}
	size, err := e.batchSize(s.work)
	if err != nil {
		return err
	}
	heap, err := e.allocations(s.work, heapBatches, min(size, heapSize))
	if err != nil {
		return err
	}
	began := e.now()
	if _, err := e.time(s.work, size, 0); err != nil {
		return err
	}
	s.size, s.heap, s.each = size, heap, e.now().Sub(began)
	return nil
}

// batchSize returns a number of operations that take at least as long as a batch
// should; 1 when one alone does.
func (e engine) batchSize(w work) (int, error) {
	for size := 1; ; {
		// The quicker of two: an interruption makes a batch look long enough,
		// nothing makes it look too short.
		quicker := time.Duration(math.MaxInt64)
		for range 2 {
			t, err := e.time(w, size, 0)
			if err != nil {
				return 0, err
			}
			quicker = min(quicker, t)
		}
		if quicker >= minBatch || size >= maxSize {
			return size, nil
		}
		growth := float64(maxGrowth)
		if quicker > 0 {
			// A tenth more than it takes, to be done in one step.
			growth = min(growth, 1.1*float64(minBatch)/float64(quicker))
		}
		size = min(maxSize, max(size+1, int(math.Ceil(growth*float64(size)))))
	}
}

// heapCount counts what a process ever allocated on the heap.
type heapCount struct{ objects, bytes uint64 }

func readHeap() heapCount {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return heapCount{m.Mallocs, m.TotalAlloc}
}

// heapUse is what one operation allocates.
type heapUse struct{ objects, bytes float64 }

// allocations is the median of several batches of n operations, because the counters
// are those of the whole process: what another goroutine allocates now and then
// doesn't count.
func (e engine) allocations(w work, batches, n int) (heapUse, error) {
	var objects, bytes []float64
	for range batches {
		before := e.heap()
		err := w.Do(n)
		after := e.heap()
		if err == nil {
			err = w.Check()
		}
		if err != nil {
			return heapUse{}, err
		}
		objects = append(objects, float64(after.objects-before.objects)/float64(n))
		bytes = append(bytes, float64(after.bytes-before.bytes)/float64(n))
	}
	return heapUse{median(objects), median(bytes)}, nil
}
