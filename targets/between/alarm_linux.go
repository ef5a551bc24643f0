package between

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// kernelAlarm is a timer descriptor. Go's own timers wait in epoll, which counts whole
// milliseconds: a delay of half a millisecond would be up to three times as long.
type kernelAlarm struct {
	file *os.File
	fd   int // its descriptor; os.File.Fd would take it out of epoll
}

func newAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newBell()
	}
	return &kernelAlarm{os.NewFile(uintptr(fd), "timerfd"), fd}
}

func (a *kernelAlarm) set(d time.Duration) {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(d, 1)))} // 0 would disarm it
	// It fails only once the descriptor is closed, and then nobody waits.
	_ = unix.TimerfdSettime(a.fd, 0, &spec, nil)
}

func (a *kernelAlarm) wait() bool {
	var expirations [8]byte
	_, err := a.file.Read(expirations[:])
	return err == nil
}

func (a *kernelAlarm) close() { a.file.Close() }
