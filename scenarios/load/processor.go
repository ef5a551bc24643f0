package load

import (
	"runtime"
	"sync"
)

// oneProcessorRate is up to how many requests a second the generator keeps to one
// processor: about a fifth of what one can send. With more, each goroutine that is woken
// wakes another thread to share the work, which costs more than the work and takes the
// processors of the server.
const oneProcessorRate = 5000

// narrow counts the loads that keep to one processor.
var narrow struct {
	sync.Mutex
	loads, before int
}

// keepToOneProcessor makes Go use one, where the schedule lets it, until release is called.
func keepToOneProcessor(s Schedule) (release func()) {
	if !s.Open() || float64(s.Planned()) > oneProcessorRate*s.duration.Seconds() {
		return func() {}
	}
	narrow.Lock()
	defer narrow.Unlock()
	if narrow.loads++; narrow.loads == 1 {
		narrow.before = runtime.GOMAXPROCS(1)
	}
	return func() {
		narrow.Lock()
		defer narrow.Unlock()
		if narrow.loads--; narrow.loads == 0 {
			runtime.GOMAXPROCS(narrow.before)
		}
	}
}
