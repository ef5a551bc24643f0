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
type transport struct {
	base     *http.Transport
	requests []Request
	urls     []*url.URL // by request
	order    []uint32   // by sequence number, repeated when it ends

	in, out atomic.Int64 // bytes on the wire, headers included
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
	t := &transport{requests: l.Requests, order: l.Order, urls: make([]*url.URL, len(l.Requests))}
	for i, r := range l.Requests {
		var err error
		if t.urls[i], err = url.Parse(r.URL); err != nil || r.Read == nil || r.Right != Allow && r.Right != Deny {
			return nil, fmt.Errorf("load: request %d (%s) has no usable URL, nothing that reads its answer, or no answer that is right", i, r.About)
		}
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
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
	i := t.index(seq)
	t.requests[i].fill(r, t.urls[i])
	return t.base.RoundTrip(r)
}

// fill makes r the planned request.
func (p *Request) fill(r *http.Request, to *url.URL) {
	r.Method, r.URL, r.Host = cmp.Or(p.Method, http.MethodGet), to, to.Host
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
