package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// A small heap grows by the floor, a large one by 40 %.
func TestPercent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 800}, {1 << 20, 800}, {4 << 20, 800}, {8 << 20, 400}, {32 << 20, 100}, {64 << 20, 50}, {1 << 40, 40}} {
		if got := percent(c.live); got != c.want {
			t.Errorf("%d bytes in use: %d %%, want %d %%", c.live, got, c.want)
		}
	}
}

// What is held follows the heap, and is as before when the last has released it.
func TestHold(t *testing.T) {
	t.Setenv("GOGC", "")
	set := func() int { // there is no other way to read it
		held.Lock()
		defer held.Unlock()
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	before := set()
	first, second := Hold(), Hold()
	large := make([]byte, 128<<20)
	for range 1000 {
		runtime.GC()
		if set() == growth {
			break
		}
	}
	if got := set(); got != growth {
		t.Errorf("%d %% with %d bytes in use, want %d %%", got, len(large), growth)
	}
	runtime.KeepAlive(large)
	first()
	if got := set(); got == before {
		t.Errorf("%d %%: released while another holds", got)
	}
	second()
	if got := set(); got != before {
		t.Errorf("%d %% after the release, want %d %%", got, before)
	}
	t.Setenv("GOGC", "70")
	Hold()()
	if got := set(); got != before {
		t.Errorf("%d %% where the environment says otherwise, want %d %%", got, before)
	}
}
