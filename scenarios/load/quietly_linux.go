package load

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// quietly reads or writes a descriptor that never blocks, without telling Go's scheduler.
//
// A call that the scheduler is told of, out of a program that slept, wakes the thread that
// looks after calls which block, and that goes on looking for as long as the program is
// busy: a few switches of context for each request, dearer than the request.
func quietly(trap, fd uintptr, b []byte) (n int, errno unix.Errno) {
	for {
		r, _, errno := unix.RawSyscall(trap, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		if errno != unix.EINTR {
			return int(r), errno
		}
	}
}
