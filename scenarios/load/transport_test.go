package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// exchanged is what came of a request.
type exchanged struct {
	status int
	body   string
	failed bool
}

// TestAnswersAreReadAsByNetHTTP holds both transports to the same judgement, of an answer
// and of one that follows it.
func TestAnswersAreReadAsByNetHTTP(t *testing.T) {
	t.Parallel()
	for _, a := range answers {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			var got, want [2]exchanged
			var dialed [2]int
			for i, of := range []*[2]exchanged{&got, &want} {
				server := listen(t, func(connection, request int, c net.Conn) bool {
					if connection+request > 0 {
						fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond")
						return true
					}
					fmt.Fprint(c, a.text)
					return !a.closes
				})
				ours, p := one(t, Request{Method: a.method, URL: server.url}, 5*time.Second)
				if i == 1 {
					p.message = nil
				}
				of[0], of[1] = exchange(t.Context(), ours, p).exchanged, exchange(t.Context(), ours, p).exchanged
				dialed[i] = server.dialed()
			}
			if got != want {
				t.Errorf("got %.200v, and by net/http %.200v", got, want)
			}
			if dialed[0] != dialed[1] {
				t.Errorf("%d connections, and by net/http %d", dialed[0], dialed[1])
			}
		})
	}
}

// A server may close a connection that it finds idle. The next request takes another
// where it may, and none is sent twice that could do something twice.
func TestConnectionsThatEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, method string
		when         int // the server closes: after the first answer, or at the second request
		fails        bool
		seen         int // requests
	}{
		{"idle, get", http.MethodGet, 1, false, 2},
		{"idle, post", http.MethodPost, 1, false, 2},
		{"busy, get", http.MethodGet, 2, false, 3},
		{"busy, post", http.MethodPost, 2, true, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			closed := make(chan struct{})
			server := listen(t, func(connection, request int, conn net.Conn) bool {
				if connection == 0 && request == 1 {
					return false
				}
				fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
				if connection == 0 && c.when == 1 {
					conn.Close()
					close(closed)
					return false
				}
				return true
			})
			rt, p := one(t, Request{Method: c.method, URL: server.url, Body: "a=b"}, 5*time.Second)
			if first := exchange(t.Context(), rt, p); first.failed {
				t.Fatal(first.err)
			}
			if c.when == 1 {
				<-closed
			}
			second := exchange(t.Context(), rt, p)
			if second.failed != c.fails || !c.fails && second.body != "hello" {
				t.Errorf("the second request got %+v (%v), want failure: %v", second.exchanged, second.err, c.fails)
			}
			if c.fails && !errors.Is(second.err, io.EOF) {
				t.Errorf("error %v, want EOF", second.err)
			}
			if seen := server.requests(); seen != c.seen {
				t.Errorf("the server saw %d requests, want %d", seen, c.seen)
			}
		})
	}
}

// A server that has ended is no answer, however many connections to it were idle.
func TestServerThatEnded(t *testing.T) {
	t.Parallel()
	server := listen(t, func(_, _ int, c net.Conn) bool {
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
		return true
	})
	rt, p := one(t, Request{URL: server.url}, 5*time.Second)
	if got := exchange(t.Context(), rt, p); got.failed {
		t.Fatal(got.err)
	}
	server.end()
	if got := exchange(t.Context(), rt, p); !got.failed {
		t.Errorf("an answer came: %+v", got.exchanged)
	}
}

// An answer is waited for until its time is over, or the context ends, before its header
// and in its body. A connection on which an answer may still come isn't used again.
func TestAnswersThatDontCome(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"} {
		server := listen(t, func(connection, _ int, c net.Conn) bool {
			if connection == 0 {
				fmt.Fprint(c, text)
			} else {
				fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
			}
			return true
		})
		rt, p := one(t, Request{URL: server.url}, 50*time.Millisecond)
		if got := exchange(t.Context(), rt, p); !errors.Is(got.err, os.ErrDeadlineExceeded) {
			t.Errorf("after %q: %v, want a deadline that is exceeded", text, got.err)
		}
		if got := exchange(t.Context(), rt, p); got.body != "hello" {
			t.Errorf("after %q and on another connection: %+v", text, got)
		}

		server = listen(t, func(_, _ int, c net.Conn) bool { fmt.Fprint(c, text); return true })
		rt, p = one(t, Request{URL: server.url}, time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if got := exchange(ctx, rt, p); !errors.Is(got.err, context.DeadlineExceeded) {
			t.Errorf("after %q: %v, want the end of the context", text, got.err)
		}
		if got := exchange(ctx, rt, p); !errors.Is(got.err, context.DeadlineExceeded) {
			t.Errorf("after the end of the context: %v", got.err)
		}
	}
}

// A request that can't be sent is refused before the step, and its error tells no token.
func TestRequestsThatCantBeSent(t *testing.T) {
	t.Parallel()
	for _, r := range []Request{
		{URL: "http://"}, {URL: "http://:80/"}, {URL: "http://a b/"}, {URL: "http://127.0.0.1:1/", Method: "A B"},
		{URL: "http://127.0.0.1:1/", Header: http.Header{"Authorization": {"Bearer secret\r\n"}}},
		{URL: "http://127.0.0.1:1/", Header: http.Header{"A b": {"secret"}}},
	} {
		r.Right, r.Read = Allow, func(int, []byte) (Answer, string) { return Allow, "" }
		_, err := newTransport(Load{Traffic: Traffic{Requests: []Request{r}}})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
	}
}

// got is what came of a request, and why nothing did.
type got struct {
	exchanged
	err error
}

// one makes a transport and a request that is planned.
func one(t *testing.T, r Request, timeout time.Duration) (*transport, *planned) {
	t.Helper()
	r.Right, r.Read = Allow, func(int, []byte) (Answer, string) { return Allow, "" }
	rt, err := newTransport(Load{Traffic: Traffic{Requests: []Request{r}, Order: []uint32{0}}, Workers: 4, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rt.close)
	return rt, &rt.requests[0]
}

// send sends it once and reads the whole answer.
func exchange(ctx context.Context, rt *transport, p *planned) got {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://planned/", nil)
	if err != nil {
		return got{exchanged{failed: true}, err}
	}
	resp, err := rt.send(r, p)
	if err != nil {
		return got{exchanged{failed: true}, err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return got{exchanged{resp.StatusCode, string(b), err != nil}, err}
}
