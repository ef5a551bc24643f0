package dpop

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What is used is remembered for as long as its proof would be accepted, wherever in
// a window that was, and forgotten afterwards.
func TestReplaysForget(t *testing.T) {
	t.Parallel()
	for offset := time.Duration(0); offset < replayWindow; offset += 7 * time.Second {
		c := newClock()
		c.advance(offset)
		r, err := NewReplays(1024, c.now)
		if err != nil {
			t.Fatal(err)
		}
		use := func(id string) bool {
			first, err := r.Remember(t.Context(), "key", id, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			return first
		}
		if !use("1") || use("1") || !use("2") {
			t.Fatal("not once")
		}
		c.advance(MaxAge + MaxLead)
		if use("1") {
			t.Errorf("forgotten too soon at %s", offset)
		}
		c.advance(-time.Hour)
		if use("1") {
			t.Errorf("forgotten as the clock was put back at %s", offset)
		}
		c.advance(time.Hour + 2*replayWindow)
		if !use("1") {
			t.Errorf("not forgotten at %s", offset)
		}
		held := 0
		for n := range r.shards {
			held += len(r.shards[n].used) + len(r.shards[n].older)
		}
		if held > 2 {
			t.Errorf("%d are held", held)
		}
	}
}

// A flood is refused once the window is full, and what was used stays so.
func TestReplaysAreBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	r, err := NewReplays(64, c.now)
	if err != nil {
		t.Fatal(err)
	}
	accepted, full := 0, 0
	for n := range 10_000 {
		switch first, err := r.Remember(t.Context(), "key", strconv.Itoa(n), time.Time{}); {
		case errors.Is(err, ErrFull):
			full++
		case first && err == nil:
			accepted++
		default:
			t.Fatalf("%t, %v", first, err)
		}
	}
	if accepted != 64 || full != 10_000-64 {
		t.Errorf("%d accepted, %d refused", accepted, full)
	}
	if first, err := r.Remember(t.Context(), "key", "0", time.Time{}); first || err != nil {
		t.Errorf("the first: %t, %v", first, err)
	}
	c.advance(replayWindow)
	if first, err := r.Remember(t.Context(), "key", "later", time.Time{}); !first || err != nil {
		t.Errorf("in the next window: %t, %v", first, err)
	}
	if _, err := NewReplays(15, c.now); err == nil {
		t.Error("a memory of nothing")
	}
}

// Of many that use a proof at once, one is first.
func TestReplaysRace(t *testing.T) {
	t.Parallel()
	c := newClock()
	r, err := NewReplays(1<<16, c.now)
	if err != nil {
		t.Fatal(err)
	}
	var firsts atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for n := range 500 {
				if first, err := r.Remember(t.Context(), "key", strconv.Itoa(n), time.Time{}); err != nil {
					t.Error(err)
				} else if first {
					firsts.Add(1)
				}
				if n == 250 {
					c.advance(replayWindow / 40)
				}
			}
		})
	}
	wg.Wait()
	if firsts.Load() != 500 {
		t.Errorf("%d of 500 were first", firsts.Load())
	}
}
