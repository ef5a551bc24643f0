package targets

import (
	"fmt"
	"net"
	"strconv"
)

// freePort returns a port of the loopback interface that nobody listens on now.
// Somebody may take it before the service does; see [taken].
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// taken says that somebody listens on the port.
func taken(port int) bool {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return true
	}
	l.Close()
	return false
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
