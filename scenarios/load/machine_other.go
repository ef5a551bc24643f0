//go:build !linux

package load

import "time"

// readMachine knows nothing on this platform.
func readMachine() machine { return machine{at: time.Now(), busy: -1} }
