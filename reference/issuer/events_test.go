package issuer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// listener reads the stream of revocations over a connection.
type listener struct {
	t      testing.TB
	lines  *bufio.Scanner
	lastID string
	close  context.CancelFunc
}

// streaming serves until the streams of the test, which begin later, have ended.
func streaming(t testing.TB, i *Issuer) *httptest.Server {
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	return server
}

func listen(t testing.TB, server *httptest.Server, lastID string) *listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // a stream that says nothing fails the test
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+pathEvents, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("rs", "s-rs")
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); res.Body.Close() })
	if ct := res.Header.Get("Content-Type"); res.StatusCode != 200 || ct != "text/event-stream" {
		t.Fatalf("status %d, Content-Type %q", res.StatusCode, ct)
	}
	return &listener{t, bufio.NewScanner(res.Body), lastID, cancel}
}

// next reads the next event.
func (l *listener) next() revoked {
	l.t.Helper()
	var r revoked
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "id":
			l.lastID = value
		case "data":
			if err := json.Unmarshal([]byte(value), &r); err != nil {
				l.t.Fatal(err)
			}
		case "":
			if r != (revoked{}) {
				return r
			}
		}
	}
	l.t.Fatalf("the stream has ended: %v", l.lines.Err())
	return r
}

func TestEvents(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	server := streaming(t, i)
	end := func(id string) string {
		tok := obtain(t, i, id, "")
		jti := jtiOf(t, i, tok)
		wantRevoked(t, giveBack(i, id, tok, ""))
		return jti
	}
	before := []string{end("ES256"), end("opaque")}
	l := listen(t, server, "")
	for _, jti := range before {
		if r := l.next(); r.JTI != jti {
			t.Errorf("listed before: %v, want %s", r, jti)
		}
	}
	for range 3 {
		if jti := end("RS256"); l.next().JTI != jti {
			t.Error("another jti than that which was just revoked")
		}
	}
	l.close()
	missed := end("ES256")
	again := listen(t, server, l.lastID)
	if r := again.next(); r.JTI != missed {
		t.Errorf("resumed with %v, want the one that was missed", r)
	}
	for name, lastID := range map[string]string{"foreign": "x-1", "malformed": i.listName + "x"} {
		if r := listen(t, server, lastID).next(); r.JTI != before[0] {
			t.Errorf("%s event id: %v, want the beginning", name, r)
		}
	}
}

// Pages are written one after the other, and the last event of each has an id.
func TestEventsPages(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, testConfig(), clk)
	server := streaming(t, i)
	const all = 2*streamPage + 3
	for range all {
		giveBack(i, "opaque", obtain(t, i, "opaque", ""), "")
	}
	l := listen(t, server, "")
	seen := map[string]bool{}
	for range all {
		seen[l.next().JTI] = true
	}
	if len(seen) != all {
		t.Errorf("%d of %d revocations", len(seen), all)
	}
}

func TestEventsHeartbeat(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	i.streams.heartbeat = time.Millisecond
	server := streaming(t, i)
	l := listen(t, server, "")
	for n := 0; n < 3; {
		if !l.lines.Scan() {
			t.Fatalf("the stream has ended: %v", l.lines.Err())
		}
		if l.lines.Text() == ":" {
			n++
		}
	}
}

// Neither the server's deadline for answers nor the one for a page ends a stream that
// has nothing to say, over HTTP/1.1 and HTTP/2.
func TestEventsOutliveDeadlines(t *testing.T) {
	t.Parallel()
	for _, two := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", two), func(t *testing.T) {
			t.Parallel()
			// Long enough for the handshake on a busy machine.
			const deadline = 2 * time.Second
			i := newIssuer(t, testConfig(), newClock())
			i.streams.write, i.streams.heartbeat = deadline, deadline*5/4
			server := httptest.NewUnstartedServer(i)
			server.Config.WriteTimeout, server.Config.ReadTimeout = deadline, deadline
			if server.EnableHTTP2 = two; two {
				server.StartTLS()
			} else {
				server.Start()
			}
			t.Cleanup(server.Close)
			l := listen(t, server, "")
			for n := 0; n < 2; { // the first comes after the server's deadline, the second after a page's
				if !l.lines.Scan() {
					t.Fatalf("the stream has ended: %v", l.lines.Err())
				}
				if l.lines.Text() == ":" {
					n++
				}
			}
		})
	}
}

func TestEventsRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	for name, c := range map[string]struct {
		q      request
		status int
	}{
		"POST":              {request{id: "rs", secret: "s-rs"}, 405},
		"no authentication": {request{method: "GET"}, 401},
		"wrong secret":      {request{method: "GET", id: "rs", secret: "x"}, 401},
	} {
		c.q.path = pathEvents
		if w := do(i, c.q); w.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.status)
		}
	}
}

// One client has a bounded number of streams, gets the place of one that ended back,
// and takes nobody else's.
func TestEventsBounded(t *testing.T) {
	t.Parallel()
	s := newStreams()
	var leave func()
	for n := range maxStreams {
		l, ok := s.enter("a")
		if !ok {
			t.Fatalf("stream %d was refused", n+1)
		}
		leave = l
	}
	if _, ok := s.enter("a"); ok {
		t.Error("one stream too many")
	}
	if _, ok := s.enter("b"); !ok {
		t.Error("another client was refused")
	}
	leave()
	if _, ok := s.enter("a"); !ok {
		t.Error("the place of an ended stream was refused")
	}
	i := newIssuer(t, testConfig(), newClock())
	for range maxStreams {
		l, _ := i.streams.enter("rs")
		defer l()
	}
	w := do(i, request{method: "GET", path: pathEvents, id: "rs", secret: "s-rs"})
	if w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d", w.Code)
	}
}

// Close ends the streams before it closes the store that they read.
func TestEventsClose(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	server := streaming(t, i)
	l := listen(t, server, "")
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	for l.lines.Scan() {
	}
	if err := l.lines.Err(); err != nil {
		t.Errorf("the stream was cut: %v", err)
	}
	if w := do(i, request{method: "GET", path: pathEvents, id: "rs", secret: "s-rs"}); w.Code == 200 {
		t.Error("a stream was opened after the end")
	}
}
