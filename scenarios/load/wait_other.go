//go:build !linux

package load

import (
	"context"
	"math"
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

// alarm calls a function when its time has come.
type alarm struct{ timer *time.Timer }

func newAlarm(ring func()) *alarm {
	return &alarm{time.AfterFunc(math.MaxInt64, ring)}
}

// set makes it ring after d, whatever it was set to before.
func (a *alarm) set(d time.Duration) { a.timer.Reset(d) }

// off makes it ring no more.
func (a *alarm) off() { a.timer.Stop() }

func (a *alarm) close() { a.off() }
