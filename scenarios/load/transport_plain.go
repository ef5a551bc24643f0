package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpguts"
)

// plain sends requests over HTTP/1.1 without TLS. Whoever sends one writes it and reads
// its answer, by net/http's parser, in one goroutine.
type plain struct {
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	timeout time.Duration // from the writing of a request to the end of its answer
	in, out *atomic.Int64 // bytes on the wire

	mu   sync.Mutex
	idle map[string][]*wire // by address, the one that was used last at the end
}

// message is a request as it is written on the wire; it may hold secrets.
type message struct {
	addr string
	text []byte
	safe bool // to send twice (RFC 9110, section 9.2.2)
}

// newMessage writes a request down as net/http would.
func newMessage(p planned) (*message, error) {
	r := &http.Request{Method: p.method(), URL: p.url, Host: p.url.Host, Header: http.Header{}}
	p.fill(r)
	if !httpguts.ValidHeaderFieldName(r.Method) { // both are tokens (RFC 9110, section 5.6.2)
		return nil, fmt.Errorf("the method %q can't be sent", r.Method)
	}
	for name, values := range r.Header {
		if !httpguts.ValidHeaderFieldName(name) || slices.ContainsFunc(values, func(v string) bool { return !httpguts.ValidHeaderFieldValue(v) }) {
			return nil, fmt.Errorf("header %q can't be sent", name) // nor shown, for it may hold a token
		}
	}
	addr, err := address(p.url)
	if err != nil {
		return nil, err
	}
	m := &message{addr: addr, safe: safe(r.Method)}
	var text bytes.Buffer
	if err := r.Write(&text); err != nil {
		return nil, fmt.Errorf("write it down: %w", err)
	}
	m.text = bytes.Clone(text.Bytes())
	return m, nil
}

// safe says whether a method changes nothing, so that nobody can tell whether a request
// was sent once or twice.
func safe(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}

// address is where the server of a URL listens.
func address(u *url.URL) (string, error) {
	host, err := httpguts.PunycodeHostPort(u.Hostname())
	if err != nil || host == "" {
		return "", fmt.Errorf("no usable host in the URL: %w", errors.Join(err, errors.ErrUnsupported))
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(host, port), nil
}

// send sends a message and returns its answer, whose body is still to be read. The
// request is the same as the message, with the context that bounds it.
//
// A server may close a connection that it finds idle for too long. A request that meets
// this goes over another connection, as net/http does it.
func (p *plain) send(r *http.Request, m *message) (*http.Response, error) {
	for {
		w, err := p.take(r.Context(), m.addr)
		if err != nil {
			return nil, err
		}
		resp, err := w.exchange(r, m)
		var early *closedEarly
		if err == nil || !w.reused || !errors.As(err, &early) || early.sent && !m.safe {
			return resp, err
		}
	}
}

// take returns an idle connection, or else a new one. The time for the answer runs.
func (p *plain) take(ctx context.Context, addr string) (*wire, error) {
	for w := p.pop(addr); w != nil; w = p.pop(addr) {
		if w.begin() == nil && w.conn.quiet() {
			return w, nil
		}
		w.conn.Close()
	}
	conn, err := p.dial(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	w := newWire(conn, p, addr)
	return w, w.begin()
}

func (p *plain) pop(addr string) *wire {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle := p.idle[addr]
	if len(idle) == 0 {
		return nil
	}
	w := idle[len(idle)-1]
	p.idle[addr] = idle[:len(idle)-1]
	w.reused = true
	return w
}

func (p *plain) push(w *wire) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle[w.addr] = append(p.idle[w.addr], w)
}

// close closes the idle connections.
func (p *plain) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, idle := range p.idle {
		for _, w := range idle {
			w.conn.Close()
		}
	}
	clear(p.idle)
}

// closedEarly is of a connection that ended before anything of an answer came.
type closedEarly struct {
	sent bool // the request, or a part of it
	err  error
}

func (e *closedEarly) Error() string {
	if errors.Is(e.err, io.EOF) {
		return "the server closed the connection without an answer"
	}
	return e.err.Error()
}

func (e *closedEarly) Unwrap() error { return e.err }

// early tells an end of the connection from an answer that takes too long.
func early(sent bool, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return &closedEarly{sent, err}
}
