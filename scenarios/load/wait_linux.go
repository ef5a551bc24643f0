package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// Go's own timers wait in epoll, which counts whole milliseconds: an arrival would
// leave up to 1 ms late, as long as a fast server takes to answer. So the last
// stretch of a wait is the kernel's, which counts nanoseconds.
const lastStretch = 1500 * time.Microsecond

// waitFor returns after d, or earlier when done is closed.
func waitFor(d time.Duration, done <-chan struct{}) {
	until := time.Now().Add(d)
	if d > lastStretch && !sleep(d-lastStretch, done) {
		return
	}
	for {
		rest := time.Until(until)
		if rest <= 0 {
			return
		}
		t := unix.NsecToTimespec(int64(rest))
		// A signal ends the wait early, and the loop goes on with what is left.
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &t, nil)
	}
}
