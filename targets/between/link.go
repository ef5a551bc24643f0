package between

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	buffer      = 8 << 10 // bytes that are read at once
	dialTimeout = 10 * time.Second
	// silence is how long a client may say nothing while connections are reset at their
	// first byte, which it takes to know whether it is the proxy that is meant: long enough
	// for whoever controls it, on a busy machine.
	silence = 2 * time.Second
)

// link is a client's connection, and the one to the server that belongs to it.
type link struct {
	p         *Proxy
	client    net.Conn
	undecided atomic.Bool // it may be for the proxy itself
	ctx       context.Context
	ended     context.CancelFunc
	end       sync.Once

	mu       sync.Mutex // of server, while it isn't known yet
	server   net.Conn   // nil until there is something to pass on
	to, from *lane      // to is nil likewise
	working  sync.WaitGroup
}

func newLink(p *Proxy, client net.Conn) *link {
	l := &link{p: p, client: client}
	l.ctx, l.ended = context.WithCancel(context.Background())
	l.undecided.Store(true)
	l.from = newLane(p, client, &p.from, l.ctx.Done())
	return l
}

// run returns when both connections are closed.
func (l *link) run() {
	defer l.p.forget(l)
	first, control := l.begin()
	if control {
		l.p.handed.give(&replayed{l.client, bytes.NewReader(first)})
		l.ended()
		return
	}
	defer l.close()
	l.undecided.Store(false) // before the mode is read, or nobody would reset it
	if first == nil {
		return
	}
	l.start(l.from)
	l.pass(first)
}

// start has a lane pass on what is sent to it.
func (l *link) start(way *lane) {
	l.working.Go(func() {
		if !way.run() {
			l.reset()
		}
	})
}

// begin reads the first bytes, and says whether they are a request to the proxy itself.
func (l *link) begin() (first []byte, control bool) {
	if l.p.now.Load().Mode == Down {
		_ = l.client.SetReadDeadline(time.Now().Add(silence))
	}
	for b := make([]byte, buffer); len(first) < len(b); {
		n, err := l.client.Read(b[len(first):])
		first = b[:len(first)+n]
		if err != nil {
			return nil, false
		}
		if whole, begun := isControl(first); whole || !begun {
			_ = l.client.SetReadDeadline(time.Time{})
			return first, whole
		}
	}
	return first, false
}

// pass has the client's bytes go where the condition says, until there are no more.
func (l *link) pass(chunk []byte) {
	b := make([]byte, buffer)
	for {
		now := l.p.now.Load()
		switch now.Mode {
		case Down, Reset:
			l.reset()
			return
		case Error:
			rest, ok := l.refuse(chunk, now)
			if !ok {
				l.reset()
				return
			}
			if len(rest) > 0 {
				chunk = rest
				continue
			}
		default:
			extra := time.Duration(0)
			if l.to == nil {
				if !l.connect() {
					l.reset() // as a server does that isn't there
					return
				}
				extra = now.Delay
			}
			if !l.to.send(chunk, now.each()+extra) {
				l.reset()
				return
			}
		}
		n, err := l.client.Read(b)
		if n > 0 {
			chunk = b[:n]
			continue
		}
		if err != io.EOF {
			l.reset()
			return
		}
		if l.to == nil {
			l.from.finish()
		} else {
			l.to.finish()
		}
		return
	}
}

// connect opens the connection to the server.
func (l *link) connect() bool {
	dialer := net.Dialer{Timeout: dialTimeout}
	server, err := dialer.DialContext(l.ctx, "tcp", l.p.options.To)
	if err != nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		server.Close()
		return false
	}
	l.server = server
	l.to = newLane(l.p, server, &l.p.to, l.ctx.Done())
	l.start(l.to)
	l.working.Go(func() { l.back(server) })
	return true
}

// back has the server's bytes go to the client.
func (l *link) back(server net.Conn) {
	for b := make([]byte, buffer); ; {
		n, err := server.Read(b)
		if n > 0 && !l.from.send(b[:n], l.p.now.Load().each()) {
			l.reset()
			return
		}
		if err == io.EOF {
			l.from.finish()
			return
		}
		if err != nil {
			l.reset()
			return
		}
	}
}

// reset ends both connections with a reset.
func (l *link) reset() {
	l.end.Do(func() {
		l.ended()
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, c := range []net.Conn{l.client, l.server} {
			if tcp, ok := c.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			if c != nil {
				c.Close()
			}
		}
	})
}

// close waits until both ways are at their ends, and closes the connections.
func (l *link) close() {
	l.working.Wait()
	l.end.Do(func() {
		l.ended()
		l.client.Close()
		if l.server != nil {
			l.server.Close()
		}
	})
}
