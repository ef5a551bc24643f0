//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oauthmark/oauthmark/targets"
)

var errAnswer = errors.New("unexpected answer")

// connections are kept open to a server, each with one request at a time.
const connections = 16

// generator sends requests that are made in advance. net/http's client, and with it
// vegeta, costs more per request than the servers measured here: they would wait for
// it, and all be equally fast.
type generator struct {
	token  int                   // where in the request a token goes
	tokens func(n uint64) string // the nth token to put there; nil for none
	answer []byte                // what the body of each answer begins with
	wires  []*wire
	sent   atomic.Uint64
}

type wire struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

const tokenLength = 43 // characters of every token that is put into a request

// newIssuing asks for tokens.
func newIssuing(endpoint string, client targets.Client, scope string) (*generator, error) {
	r, err := client.Post(context.Background(), endpoint, tokenForm(scope))
	if err != nil {
		return nil, err
	}
	return newGenerator(r, `{"access_token":"`)
}

// tokenForm asks for a token, of the client's own scope when none is given.
func tokenForm(scope string) url.Values {
	form := url.Values{"grant_type": {"client_credentials"}}
	if scope != "" {
		form.Set("scope", scope)
	}
	return form
}

// newIntrospecting asks about tokens, which all have to be active.
func newIntrospecting(endpoint string, client targets.Client, tokens func(uint64) string) (*generator, error) {
	r, err := client.Post(context.Background(), endpoint, url.Values{"token": {strings.Repeat("x", tokenLength)}})
	if err != nil {
		return nil, err
	}
	g, err := newGenerator(r, `{"active":true`)
	if err == nil {
		g.tokens, g.token = tokens, len(g.wires[0].request)-tokenLength
	}
	return g, err
}

// newGenerator writes the request down and opens the connections that it will go over.
func newGenerator(r *http.Request, answer string) (*generator, error) {
	r.Header.Set("User-Agent", "") // sends none
	var request bytes.Buffer
	if err := r.Write(&request); err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	g := &generator{answer: []byte(answer)}
	for range connections {
		conn, err := net.Dial("tcp", r.URL.Host)
		if err != nil {
			g.close()
			return nil, fmt.Errorf("connect: %w", err)
		}
		g.wires = append(g.wires, &wire{conn, bufio.NewReader(conn), bytes.Clone(request.Bytes())})
	}
	return g, nil
}

// fetch sends a request once and returns the answer's text.
func fetch(ctx context.Context, r *http.Request) (string, error) {
	res, err := http.DefaultClient.Do(r.WithContext(ctx))
	if err != nil {
		return "", fmt.Errorf("fetch: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return "", errors.Join(fmt.Errorf("fetch %s: status %d", r.URL.Path, res.StatusCode), err)
	}
	return string(b), nil
}

func (g *generator) close() {
	for _, w := range g.wires {
		w.conn.Close()
	}
}

// sending sends for a time, or until there were so many.
func (g *generator) sending(most int64) traffic {
	return func(ctx context.Context) (int64, error) {
		var left, done atomic.Int64
		left.Store(most)
		began := time.Now()
		all, ctx := errgroup.WithContext(ctx)
		for _, w := range g.wires {
			all.Go(func() error {
				_ = w.conn.SetDeadline(began.Add(issuerBlock + 30*time.Second))
				// On a busy machine the time may be over before the first request.
				for first := true; ctx.Err() == nil && (first || time.Since(began) < issuerBlock) && left.Add(-1) >= 0; first = false {
					if err := g.exchange(w); err != nil {
						return err
					}
					done.Add(1)
				}
				return nil
			})
		}
		err := all.Wait()
		return done.Load(), err
	}
}

// exchange sends one request and reads its answer, of which it looks at the status
// and the beginning.
func (g *generator) exchange(w *wire) error {
	if g.tokens != nil {
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
