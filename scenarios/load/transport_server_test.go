package load

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// listener is a server that writes what it is told.
type listener struct {
	url string
	end func() // closes it and its connections

	mu                   sync.Mutex
	connections, written int
}

func (l *listener) dialed() int   { l.mu.Lock(); defer l.mu.Unlock(); return l.connections }
func (l *listener) requests() int { l.mu.Lock(); defer l.mu.Unlock(); return l.written }

// listen starts a server. It reads a request and calls for its answer, with the number of
// the connection and of the request on it, until that says that the connection ends.
func listen(t *testing.T, answer func(connection, request int, c net.Conn) (more bool)) *listener {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{url: "http://" + socket.Addr().String() + "/"}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	l.end = func() { cancel(); socket.Close(); all.Wait() }
	t.Cleanup(l.end)
	all.Go(func() {
		for n := 0; ; n++ {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			l.mu.Lock()
			l.connections++
			l.mu.Unlock()
			stop := context.AfterFunc(ctx, func() { c.Close() })
			all.Go(func() {
				defer stop()
				defer c.Close()
				in := bufio.NewReader(c)
				for i := 0; ; i++ {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					l.mu.Lock()
					l.written++
					l.mu.Unlock()
					if !answer(n, i, c) {
						return
					}
				}
			})
		}
	})
	return l
}
