package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// transport sends vegeta's requests. It replaces each by the one that its sequence
// number is planned to be, so that the answer can be judged by its number, and it
// counts bytes where they really pass.
//
// Plain HTTP/1.1 goes over connections of its own, for net/http has two goroutines for
// each of its: a generator on the cores of the server would wake four where one does.
type transport struct {
	plain    *plain
	cold     bool
	base     *http.Transport // for all else
	requests []planned
	order    []uint32 // by sequence number, repeated when it ends

	in, out atomic.Int64 // bytes on the wire, headers included
}

// planned is a request that is ready to be sent.
type planned struct {
	*Request
	url     *url.URL
	message *message // nil where net/http sends it
}

// Headers that vegeta adds; the server under test is not to see them.
const (
	seqHeader    = "X-Vegeta-Seq"
	attackHeader = "X-Vegeta-Attack"
)

// newTransport makes the transport of one step. An answer that isn't whole when the
// timeout, from the moment its request was written, has passed is none. The deadline
// is the connection's, for http.Client.Timeout costs a goroutine a request here.
func newTransport(l Load) (*transport, error) {
	t := &transport{requests: make([]planned, len(l.Requests)), order: l.Order, cold: l.Cold}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	t.plain = &plain{dial: dialer.DialContext, timeout: l.Timeout, in: &t.in, out: &t.out, idle: map[string][]*wire{}}
	for i := range l.Requests {
		r := &l.Requests[i]
		if r.Read == nil || r.Right != Allow && r.Right != Deny {
			return nil, fmt.Errorf("load: request %d (%s) has nothing that reads its answer, or no answer that is right", i, r.About)
		}
		var err error
		if t.requests[i], err = t.plan(r); err != nil {
			return nil, fmt.Errorf("load: request %d (%s): %w", i, r.About, err)
		}
	}
	t.base = &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: c, in: &t.in, out: &t.out, timeout: l.Timeout}, nil
		},
		MaxIdleConns:        l.Workers,
		MaxIdleConnsPerHost: l.Workers, // a worker that had to dial again would time the handshake
		DisableCompression:  true,      // the server's work is measured, not gzip's
		TLSClientConfig:     l.TLS,
		DisableKeepAlives:   l.Cold,
	}
	return t, nil
}

// plan prepares a request.
func (t *transport) plan(r *Request) (planned, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return planned{}, fmt.Errorf("no usable URL: %w", err)
	}
	p := planned{Request: r, url: u}
	if u.Scheme == "http" && !t.cold {
		p.message, err = newMessage(p)
	}
	return p, err
}

// close closes the connections that are idle.
func (t *transport) close() {
	t.plain.close()
	t.base.CloseIdleConnections()
}

// index is the request that the sequence number is planned to present.
func (t *transport) index(seq uint64) int { return int(t.order[seq%uint64(len(t.order))]) }

// RoundTrip implements http.RoundTripper. The request is vegeta's, made for this
// one call, so its header may be changed.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	seq, err := strconv.ParseUint(r.Header.Get(seqHeader), 10, 64)
	if err != nil {
		return nil, errors.New("load: a request came without its sequence number")
	}
	delete(r.Header, seqHeader)
	delete(r.Header, attackHeader)
	return t.send(r, &t.requests[t.index(seq)])
}

// send sends the planned request in the place of r.
func (t *transport) send(r *http.Request, p *planned) (*http.Response, error) {
	r.Method, r.URL, r.Host = p.method(), p.url, p.url.Host
	if m := p.message; m != nil {
		if p.Late != nil {
			var err error
			if m, err = newMessage(*p); err != nil {
				return nil, err
			}
		}
		return t.plain.send(r, m)
	}
	p.fill(r)
	return t.base.RoundTrip(r)
}

func (r *Request) method() string { return cmp.Or(r.Method, http.MethodGet) }

// fill gives r the header and the body of the planned request.
func (p *planned) fill(r *http.Request) {
	maps.Copy(r.Header, p.header())
	if p.Body != "" {
		r.ContentLength = int64(len(p.Body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(p.Body)), nil }
		r.Body, _ = r.GetBody() // it doesn't fail
	}
}

// countedConn counts the bytes that pass a connection, and bounds the wait for an
// answer to what was last written.
type countedConn struct {
	net.Conn
	in, out *atomic.Int64
	timeout time.Duration
}

func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.in.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	c.out.Add(int64(n))
	return n, err
}
