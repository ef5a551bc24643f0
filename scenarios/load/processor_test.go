package load

import (
	"runtime"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// A load of a low rate has one processor, and the program has all of them again after the
// last of such loads. It isn't parallel, for it looks at the whole program.
func TestOneProcessor(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	low := Schedule{due: make([]time.Duration, 400), duration: time.Second}
	high := Schedule{due: make([]time.Duration, 40_000), duration: time.Second}
	closed, err := NewSchedule(results.Closed, 0, time.Second, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Schedule{high, closed} {
		release := keepToOneProcessor(s)
		if n := runtime.GOMAXPROCS(0); n != before {
			t.Errorf("%d processors of %d", n, before)
		}
		release()
	}
	first, second := keepToOneProcessor(low), keepToOneProcessor(low)
	first()
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("%d processors under a load of a low rate, want 1", n)
	}
	second()
	if n := runtime.GOMAXPROCS(0); n != before {
		t.Errorf("%d processors after it, want %d", n, before)
	}
}
