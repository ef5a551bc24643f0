//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// connections are kept open to a server, each with one request at a time.
const connections = 16

// generator sends requests that are made in advance. net/http's client, and with it
// vegeta, costs more per request than the servers measured here: they would wait for
// it, and all be equally fast.
type generator struct {
	request []byte
	token   int                   // where in the request a token goes; -1 for nowhere
	tokens  func(n uint64) string // the nth token to put there
	answer  []byte                // what the body of each answer begins with
	wires   []*wire
	sent    atomic.Uint64
}

type wire struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

const tokenLength = 43 // characters of every token that is put into a request

// newIssuing asks for tokens.
func newIssuing(endpoint string, client targets.Client) (*generator, error) {
	g := &generator{token: -1, answer: []byte(`{"access_token":"`)}
	return g, g.connect(client.TokenRequest(context.Background(), endpoint))
}

// newIntrospecting asks about tokens, which all have to be active.
func newIntrospecting(endpoint string, as targets.Client, tokens func(uint64) string) (*generator, error) {
	g := &generator{tokens: tokens, answer: []byte(`{"active":true`)}
	err := g.connect(as.Post(context.Background(), endpoint, url.Values{"token": {strings.Repeat("x", tokenLength)}}))
	g.token = len(g.request) - tokenLength
	return g, err
}

// connect writes the request down, and opens the connections that it will go over.
func (g *generator) connect(r *http.Request, err error) error {
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	r.Header.Set("User-Agent", "") // sends none
	var request bytes.Buffer
	if err := r.Write(&request); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	g.request = request.Bytes()
	for range connections {
		conn, err := net.Dial("tcp", r.URL.Host)
		if err != nil {
			g.close()
			return fmt.Errorf("connect: %w", err)
		}
		g.wires = append(g.wires, &wire{conn, bufio.NewReader(conn), bytes.Clone(g.request)})
	}
	return nil
}

func (g *generator) close() {
	for _, w := range g.wires {
		w.conn.Close()
	}
}

// send sends for a time, or until there were so many, and returns how many were
// answered and how many seconds that took.
func (g *generator) send(ctx context.Context, d time.Duration, most int64) (answered int64, seconds float64, err error) {
	var left, done atomic.Int64
	left.Store(most)
	began := time.Now()
	var all sync.WaitGroup
	var failed atomic.Pointer[error]
	for _, w := range g.wires {
		all.Go(func() {
			_ = w.conn.SetDeadline(began.Add(d + 30*time.Second))
			// On a busy machine the time may be over before the first request.
			for first := true; ctx.Err() == nil && (first || time.Since(began) < d) && left.Add(-1) >= 0; first = false {
				if err := g.exchange(w); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if e := failed.Load(); e != nil {
		return done.Load(), 0, *e
	}
	if done.Load() == 0 {
		return 0, 0, errors.Join(errors.New("no request was sent"), context.Cause(ctx))
	}
	return done.Load(), time.Since(began).Seconds(), ctx.Err()
}

// exchange sends one request and reads its answer, of which it looks at the status
// and the beginning.
func (g *generator) exchange(w *wire) error {
	if g.token >= 0 {
		copy(w.request[g.token:], g.tokens(g.sent.Add(1)))
	}
	if _, err := w.conn.Write(w.request); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	status, length := 0, -1
	for first := true; ; first = false {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if first && len(line) >= 12 {
			status, _ = strconv.Atoi(string(line[9:12]))
		}
		if len(line) == 0 {
			break
		}
		const name = "content-length:"
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(line[len(name):])))
		}
	}
	if status != http.StatusOK || length < len(g.answer) {
		return fmt.Errorf("a request got status %d with %d bytes", status, length)
	}
	// The text is left out of the error: it may hold a token.
	if got, err := w.in.Peek(len(g.answer)); err != nil || !bytes.Equal(got, g.answer) {
		return fmt.Errorf("an answer of %d bytes doesn't begin as it has to: %w", length, errAnswer)
	}
	_, err := w.in.Discard(length)
	return err
}
