package load

import (
	"context"
	"math"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// clock waits for arrivals to be due.
//
// Go's own timers wait in epoll, which counts whole milliseconds here: an arrival
// would leave up to 1 ms late, as long as a fast server takes to answer. The kernel's
// timer descriptors wake that same epoll to the microsecond, and cost no spinning.
type clock struct {
	timer  *os.File // nil where the kernel has none
	fd     uintptr  // its descriptor; os.File.Fd would take it out of epoll
	raw    syscall.RawConn
	expire func(fd uintptr) bool
	after  time.Duration // to set it to, before the next waiting; 0 to leave it
	stop   func() bool
	done   <-chan struct{}
}

func newClock(ctx context.Context) *clock {
	c := &clock{done: ctx.Done()}
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return c
	}
	c.fd = uintptr(fd)
	c.timer = os.NewFile(c.fd, "timerfd")
	if c.raw, err = c.timer.SyscallConn(); err != nil {
		c.timer.Close()
		c.timer = nil
		return c
	}
	c.expire = c.hasExpired
	c.stop = context.AfterFunc(ctx, func() { _ = c.timer.SetReadDeadline(time.Now()) })
	return c
}

// wait returns after d, or when the context ends.
func (c *clock) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	if c.after = d; c.timer == nil || !c.expired() {
		sleep(d, c.done)
	}
}

// set makes the timer expire after d, or never when that is 0.
func (c *clock) set(d time.Duration) {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	_, _, _ = unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, c.fd, 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0) // see quietly
}

// expired waits until the timer has expired; false when the context ends first.
func (c *clock) expired() bool { return c.raw.Read(c.expire) == nil }

// hasExpired is what [syscall.RawConn] calls until it doesn't have to wait.
func (c *clock) hasExpired(uintptr) bool {
	if c.after > 0 {
		c.set(c.after)
		c.after = 0
		return false
	}
	var expirations [8]byte
	_, errno := quietly(unix.SYS_READ, c.fd, expirations[:])
	return errno != unix.EAGAIN
}

func (c *clock) close() {
	if c.timer != nil {
		c.stop()
		c.timer.Close()
	}
}

// alarm calls a function when its time has come.
type alarm struct {
	clock *clock
	timer *time.Timer // in its place where the kernel has none
}

func newAlarm(ring func()) *alarm {
	a := &alarm{clock: newClock(context.Background())}
	if a.clock.timer == nil {
		a.timer = time.AfterFunc(math.MaxInt64, ring)
		return a
	}
	go func() {
		for a.clock.expired() {
			ring()
		}
	}()
	return a
}

// set makes it ring after d, whatever it was set to before.
func (a *alarm) set(d time.Duration) {
	if a.timer != nil {
		a.timer.Reset(d)
	} else {
		a.clock.set(max(d, 1)) // 0 would be never
	}
}

// off makes it ring no more.
func (a *alarm) off() {
	if a.timer != nil {
		a.timer.Stop()
	} else {
		a.clock.set(0)
	}
}

func (a *alarm) close() {
	a.off()
	a.clock.close()
}
