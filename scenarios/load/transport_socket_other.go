//go:build !unix

package load

import "net"

// socket is a connection.
type socket struct{ net.Conn }

func newSocket(conn net.Conn) *socket { return &socket{conn} }

// quiet can't look at a connection on this system: one that was closed while idle is
// found out by the next request, which then goes over another where it may.
func (*socket) quiet() bool { return true }
