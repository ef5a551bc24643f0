//go:build unix && !linux

package load

import (
	"net"
	"syscall"
)

// socket is a connection.
type socket struct{ net.Conn }

func newSocket(conn net.Conn) *socket { return &socket{conn} }

// quiet says whether the connection is open, with nothing to be read. What it reads is
// lost.
func (s *socket) quiet() bool {
	c, ok := s.Conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		_, failed = syscall.Read(int(fd), make([]byte, 1))
		return true // and don't wait
	})
	return err == nil && failed == syscall.EAGAIN
}
