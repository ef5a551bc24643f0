package between

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options of [New].
type Options struct {
	To string // host:port of what is asked
	// Anybody lets peers beyond this machine control the proxy. Without it they get 403.
	Anybody bool
	// Asked is called for each request for [Path]; may be nil.
	Asked func()
}

// Proxy passes on connections. It is safe for concurrent use.
type Proxy struct {
	options Options
	now     atomic.Pointer[state]
	clock   *clock
	control *http.Server
	handed  *handed // to control

	mu       sync.Mutex
	links    map[*link]struct{}
	closed   bool
	running  sync.WaitGroup
	accepted atomic.Int64
	to, from atomic.Int64 // bytes that reached the server, and a client
}

// New returns a proxy in the mode [Pass], without a delay.
func New(o Options) (*Proxy, error) {
	if _, port, err := net.SplitHostPort(o.To); err != nil || port == "" {
		return nil, fmt.Errorf("proxy to %q: want host:port", o.To)
	}
	p := &Proxy{options: o, clock: newClock(), handed: newHanded(), links: map[*link]struct{}{}}
	p.now.Store(newState(Condition{Mode: Pass}))
	p.control = &http.Server{Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	return p, nil
}

// Set has the condition hold from now on. Connections are reset before it returns, where
// the mode says so.
func (p *Proxy) Set(c Condition) error {
	if err := c.check(); err != nil {
		return err
	}
	close(p.now.Swap(newState(c)).over)
	if c.Mode == Down {
		p.mu.Lock()
		defer p.mu.Unlock()
		for l := range p.links {
			if !l.undecided.Load() {
				l.reset()
			}
		}
	}
	return nil
}

// Serve takes connections until the context ends, and then resets those that are left.
func (p *Proxy) Serve(ctx context.Context, listener net.Listener) error {
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	p.running.Go(p.clock.run)
	p.running.Go(func() { _ = p.control.Serve(p.handed) })
	defer p.close()
	for wait := time.Duration(0); ; {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("proxy: %w", err)
		case err != nil: // out of descriptors, for a while
			wait = min(max(2*wait, 5*time.Millisecond), time.Second)
			time.Sleep(wait)
			continue
		}
		wait = 0
		p.accepted.Add(1)
		l := newLink(p, conn)
		p.mu.Lock()
		p.links[l] = struct{}{}
		p.mu.Unlock()
		p.running.Go(l.run)
	}
}

// forget is called when a link has ended, or is none of what passes.
func (p *Proxy) forget(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

func (p *Proxy) close() {
	p.mu.Lock()
	for l := range p.links {
		l.reset()
	}
	p.mu.Unlock()
	p.control.Close()
	p.handed.Close()
	p.clock.close()
	p.running.Wait()
}

// open is how many connections there are, without those that control the proxy.
func (p *Proxy) open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}
