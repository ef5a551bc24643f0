package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"time"
)

// maxHeader bounds the header of an answer in bytes, as net/http does.
const maxHeader = 10 << 20

// wire is a connection, which has one request at a time.
type wire struct {
	conn   *socket
	in     *bufio.Reader // of this
	pool   *plain
	addr   string
	reused bool  // it has carried a request before
	left   int64 // bytes that may still be read
}

func newWire(conn net.Conn, pool *plain, addr string) *wire {
	w := &wire{conn: newSocket(conn), pool: pool, addr: addr}
	w.in = bufio.NewReader(w)
	return w
}

// Read implements io.Reader: it counts.
func (w *wire) Read(b []byte) (int, error) {
	if w.left <= 0 {
		return 0, fmt.Errorf("the header of the answer is longer than %d bytes", maxHeader)
	}
	n, err := w.conn.Read(b[:min(int64(len(b)), w.left)])
	w.left -= int64(n)
	w.pool.in.Add(int64(n))
	return n, err
}

// begin starts the time that the next request has for its answer.
func (w *wire) begin() error { return w.conn.SetDeadline(time.Now().Add(w.pool.timeout)) }

// exchange writes a message and reads the header of its answer. The connection is given
// back, or closed, at the end of the body.
func (w *wire) exchange(r *http.Request, m *message) (*http.Response, error) {
	b := &body{w: w}
	if ctx := r.Context(); ctx.Done() != nil {
		b.ctx, b.stop = ctx, context.AfterFunc(ctx, func() { w.conn.Close() })
	}
	resp, err := w.ask(r, m)
	if err != nil {
		b.end(false)
		return nil, b.cause(err)
	}
	w.left = math.MaxInt64
	keep := !resp.Close && resp.StatusCode >= http.StatusOK
	if r.Method == http.MethodHead || resp.ContentLength == 0 {
		b.end(keep)
		return resp, nil
	}
	b.ReadCloser, b.keep = resp.Body, keep
	resp.Body = b
	return resp, nil
}

func (w *wire) ask(r *http.Request, m *message) (*http.Response, error) {
	n, err := w.conn.Write(m.text)
	w.pool.out.Add(int64(n))
	if err != nil {
		return nil, early(n > 0, err)
	}
	w.left = maxHeader
	if _, err := w.in.Peek(1); err != nil {
		return nil, early(true, err)
	}
	for {
		resp, err := http.ReadResponse(w.in, r)
		// Before its answer a server may send others of status 1xx (RFC 9110, section 15.2).
		// After one that switches protocols, nothing follows that could be read.
		if err != nil || resp.StatusCode < 100 || resp.StatusCode > 199 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, err
		}
	}
}

// body is that of an answer.
type body struct {
	io.ReadCloser
	w    *wire           // nil once it is given back or closed
	keep bool            // the connection, when the body is read
	ctx  context.Context // nil when it can't end
	stop func() bool     // ends the watching of it
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.end(b.keep)
	} else if err != nil {
		b.end(false)
		err = b.cause(err)
	}
	return n, err
}

// Close implements io.Closer. What wasn't read never will be.
func (b *body) Close() error {
	b.end(false)
	return nil
}

// end gives the connection back or closes it, once.
func (b *body) end(keep bool) {
	w := b.w
	if w == nil {
		return
	}
	b.w = nil
	watched := b.stop == nil || b.stop()
	if watched && keep && w.in.Buffered() == 0 {
		w.pool.push(w)
		return
	}
	w.conn.Close()
}

// cause is why something failed: the end of the context is behind whatever it broke.
func (b *body) cause(err error) error {
	if b.ctx != nil && b.ctx.Err() != nil {
		return context.Cause(b.ctx)
	}
	return err
}
