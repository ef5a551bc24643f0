package load

import (
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// socket is a connection that is read and written quietly.
type socket struct {
	net.Conn
	raw         syscall.RawConn // nil where there is none
	read, write func(fd uintptr) bool

	// What is under way; reading and writing are one goroutine's.
	buffer []byte
	n      int
	errno  unix.Errno
	wait   bool
	one    [1]byte
}

func newSocket(conn net.Conn) *socket {
	s := &socket{Conn: conn}
	if c, ok := conn.(syscall.Conn); ok {
		s.raw, _ = c.SyscallConn()
	}
	s.read = func(fd uintptr) bool { return s.call(unix.SYS_READ, fd) }
	s.write = func(fd uintptr) bool { return s.call(unix.SYS_WRITE, fd) }
	return s
}

// call is what [syscall.RawConn] calls until it doesn't have to wait.
func (s *socket) call(trap, fd uintptr) (done bool) {
	s.n, s.errno = quietly(trap, fd, s.buffer)
	return s.errno != unix.EAGAIN || !s.wait
}

// Read implements io.Reader.
func (s *socket) Read(b []byte) (int, error) {
	if s.raw == nil || len(b) == 0 {
		return s.Conn.Read(b)
	}
	s.buffer, s.wait = b, true
	err := s.raw.Read(s.read)
	s.buffer = nil
	switch {
	case err != nil:
		return 0, err
	case s.errno != 0:
		return 0, &net.OpError{Op: "read", Net: "tcp", Addr: s.RemoteAddr(), Err: s.errno}
	case s.n == 0:
		return 0, io.EOF
	}
	return s.n, nil
}

// Write implements io.Writer.
func (s *socket) Write(b []byte) (written int, err error) {
	if s.raw == nil {
		return s.Conn.Write(b)
	}
	for written < len(b) {
		s.buffer, s.wait = b[written:], true
		if err := s.raw.Write(s.write); err != nil {
			return written, err
		}
		if s.errno != 0 {
			return written, &net.OpError{Op: "write", Net: "tcp", Addr: s.RemoteAddr(), Err: s.errno}
		}
		written += s.n
	}
	s.buffer = nil
	return written, nil
}

// quiet says whether the connection is open, with nothing to be read. What it reads is
// lost.
func (s *socket) quiet() bool {
	if s.raw == nil {
		return true
	}
	s.buffer, s.wait = s.one[:], false
	err := s.raw.Read(s.read)
	s.buffer = nil
	return err == nil && s.errno == unix.EAGAIN
}
