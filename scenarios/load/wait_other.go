//go:build !linux

package load

import "time"

// waitFor returns after d, or earlier when done is closed.
func waitFor(d time.Duration, done <-chan struct{}) {
	if d > 0 {
		sleep(d, done)
	}
}
