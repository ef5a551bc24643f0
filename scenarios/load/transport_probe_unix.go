//go:build unix

package load

import (
	"net"
	"syscall"
)

// probe looks at a connection without waiting.
type probe struct {
	raw  syscall.RawConn // nil where it can't be looked at
	read func(fd uintptr) bool
	err  error // of the last reading
}

func newProbe(conn net.Conn) *probe {
	p := new(probe)
	if c, ok := conn.(syscall.Conn); ok {
		p.raw, _ = c.SyscallConn()
	}
	p.read = func(fd uintptr) bool {
		var b [1]byte
		_, p.err = syscall.Read(int(fd), b[:])
		return true // and don't wait
	}
	return p
}

// quiet says whether a connection is open, with nothing to be read. What it reads is lost.
func (p *probe) quiet() bool {
	return p.raw == nil || p.raw.Read(p.read) == nil && p.err == syscall.EAGAIN
}
