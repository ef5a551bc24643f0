//go:build !linux

package load

import (
	"context"
	"time"
)

// clock waits for arrivals to be due.
type clock struct{ done <-chan struct{} }

func newClock(ctx context.Context) *clock { return &clock{ctx.Done()} }

// wait returns after d, or when the context ends.
func (c *clock) wait(d time.Duration) {
	if d > 0 {
		sleep(d, c.done)
	}
}

func (c *clock) close() {}
