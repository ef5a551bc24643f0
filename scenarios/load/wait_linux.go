package load

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// clock waits for arrivals to be due.
//
// Go's own timers wait in epoll, which counts whole milliseconds here: an arrival
// would leave up to 1 ms late, as long as a fast server takes to answer. The kernel's
// timer descriptors wake that same epoll to the microsecond, and cost no spinning.
type clock struct {
	timer *os.File // nil where the kernel has none
	fd    int      // its descriptor; os.File.Fd would take it out of epoll
	stop  func() bool
	done  <-chan struct{}
}

func newClock(ctx context.Context) *clock {
	c := &clock{done: ctx.Done()}
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return c
	}
	c.fd = fd
	c.timer = os.NewFile(uintptr(fd), "timerfd")
	c.stop = context.AfterFunc(ctx, func() { _ = c.timer.SetReadDeadline(time.Now()) })
	return c
}

// wait returns after d, or when the context ends.
func (c *clock) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	if c.timer != nil {
		var expirations [8]byte
		spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
		if unix.TimerfdSettime(c.fd, 0, &spec, nil) == nil {
			if _, err := c.timer.Read(expirations[:]); err == nil {
				return
			}
		}
	}
	sleep(d, c.done)
}

func (c *clock) close() {
	if c.timer != nil {
		c.stop()
		c.timer.Close()
	}
}
