package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// answers are what a server may write to a request, legal or not. It closes the connection
// after those that only so have an end.
var answers = []struct {
	name, method, text string
	closes             bool
}{
	{name: "length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "length 0", text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
	{name: "chunks", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n"},
	{name: "trailers", text: "HTTP/1.1 200 OK\r\nTrailer: A\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n"},
	{name: "until the end", text: "HTTP/1.1 200 OK\r\n\r\nhello", closes: true},
	{name: "close", text: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "HTTP/1.0", text: "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "HTTP/1.0 until the end", text: "HTTP/1.0 200 OK\r\n\r\nhello", closes: true},
	{name: "HTTP/1.0 kept", text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "continue", text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "hints", text: strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 20) + "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "hints without end", text: strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <"+strings.Repeat("a", 1<<20)+">\r\n\r\n", 11), closes: true},
	{name: "only hints", text: "HTTP/1.1 103 Early Hints\r\n\r\n", closes: true},
	{name: "other protocol", text: "HTTP/1.1 101 Switching Protocols\r\n\r\n", closes: true},
	{name: "no content", text: "HTTP/1.1 204 No Content\r\n\r\n"},
	{name: "not modified, with a length", text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
	{name: "head", method: http.MethodHead, text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
	{name: "head of chunks", method: http.MethodHead, text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{name: "post", method: http.MethodPost, text: "HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "redirect", text: "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "no reason", text: "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "reason of many words", text: "HTTP/1.1 599  a  b \r\nContent-Length: 5\r\n\r\nhello"},
	{name: "long header", text: "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 100_000) + "\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "many headers", text: "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: a\r\n", 10_000) + "Content-Length: 5\r\n\r\nhello"},
	{name: "header without end", text: "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 11<<20), closes: true},
	{name: "long body", text: "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat("a", 1_000_000)},
	{name: "bare line feeds", text: "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"},
	{name: "folded header", text: "HTTP/1.1 200 OK\r\nA: a\r\n b\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "empty header", text: "HTTP/1.1 200 OK\r\nA:\r\ncontent-length:5\r\n\r\nhello"},
	{name: "the same length twice", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "two lengths", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello", closes: true},
	{name: "negative length", text: "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", closes: true},
	{name: "signed length", text: "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", closes: true},
	{name: "length without digits", text: "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", closes: true},
	{name: "length and chunks", text: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "other coding", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "compressed", text: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"},
	{name: "short body", text: "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", closes: true},
	{name: "body with something after it", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello there", closes: true},
	{name: "chunk without length", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "chunk that is too long", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n", closes: true},
	{name: "chunks without end", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", closes: true},
	{name: "chunk cut short", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", closes: true},
	{name: "nothing", closes: true},
	{name: "half a status", text: "HTTP/1.1 20", closes: true},
	{name: "half a header", text: "HTTP/1.1 200 OK\r\nContent-Le", closes: true},
	{name: "empty line first", text: "\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "no HTTP", text: "SSH-2.0-OpenSSH_9.9\r\n", closes: true},
	{name: "no status", text: "HTTP/1.1 OK\r\n\r\n", closes: true},
	{name: "status of two digits", text: "HTTP/1.1 20 OK\r\n\r\n", closes: true},
	{name: "status of four digits", text: "HTTP/1.1 2000 OK\r\n\r\n", closes: true},
	{name: "negative status", text: "HTTP/1.1 -20 OK\r\n\r\n", closes: true},
	{name: "status 000", text: "HTTP/1.1 000 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "other version", text: "HTTP/3.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "no version", text: "HTTP/x 200 OK\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "header without colon", text: "HTTP/1.1 200 OK\r\nA\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "header without name", text: "HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 5\r\n\r\nhello", closes: true},
	{name: "space before the colon", text: "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", closes: true},
	{name: "header with a NUL", text: "HTTP/1.1 200 OK\r\nA: \x00\r\nContent-Length: 5\r\n\r\nhello", closes: true},
}

// outcome is what came of a request.
type outcome struct {
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
			var got, want [2]outcome
			var dialed [2]int
			for i, of := range []*[2]outcome{&got, &want} {
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
				of[0], of[1] = send(t.Context(), ours, p).outcome, send(t.Context(), ours, p).outcome
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
			if first := send(t.Context(), rt, p); first.failed {
				t.Fatal(first.err)
			}
			if c.when == 1 {
				<-closed
			}
			second := send(t.Context(), rt, p)
			if second.failed != c.fails || !c.fails && second.body != "hello" {
				t.Errorf("the second request got %+v (%v), want failure: %v", second.outcome, second.err, c.fails)
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
	if got := send(t.Context(), rt, p); got.failed {
		t.Fatal(got.err)
	}
	server.end()
	if got := send(t.Context(), rt, p); !got.failed {
		t.Errorf("an answer came: %+v", got.outcome)
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
		if got := send(t.Context(), rt, p); !errors.Is(got.err, os.ErrDeadlineExceeded) {
			t.Errorf("after %q: %v, want a deadline that is exceeded", text, got.err)
		}
		if got := send(t.Context(), rt, p); got.body != "hello" {
			t.Errorf("after %q and on another connection: %+v", text, got)
		}

		server = listen(t, func(_, _ int, c net.Conn) bool { fmt.Fprint(c, text); return true })
		rt, p = one(t, Request{URL: server.url}, time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if got := send(ctx, rt, p); !errors.Is(got.err, context.DeadlineExceeded) {
			t.Errorf("after %q: %v, want the end of the context", text, got.err)
		}
		if got := send(ctx, rt, p); !errors.Is(got.err, context.DeadlineExceeded) {
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
	outcome
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
func send(ctx context.Context, rt *transport, p *planned) got {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://planned/", nil)
	if err != nil {
		return got{outcome{failed: true}, err}
	}
	resp, err := rt.send(r, p)
	if err != nil {
		return got{outcome{failed: true}, err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return got{outcome{resp.StatusCode, string(b), err != nil}, err}
}

// listener is a server that writes what it is told.
type listener struct {
	url string
	end func() // closes it and its connections

	mu                   sync.Mutex
	connections, written int
}

func (l *listener) dialed() int   { l.mu.Lock(); defer l.mu.Unlock(); return l.connections }
func (l *listener) requests() int { l.mu.Lock(); defer l.mu.Unlock(); return l.written }

// listen starts a server. It reads a request and calls for its answer, with the number of
// the connection and of the request on it, until that says that the connection ends.
func listen(t *testing.T, answer func(connection, request int, c net.Conn) (more bool)) *listener {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{url: "http://" + socket.Addr().String() + "/"}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	l.end = func() { cancel(); socket.Close(); all.Wait() }
	t.Cleanup(l.end)
	all.Go(func() {
		for n := 0; ; n++ {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			l.mu.Lock()
			l.connections++
			l.mu.Unlock()
			stop := context.AfterFunc(ctx, func() { c.Close() })
			all.Go(func() {
				defer stop()
				defer c.Close()
				in := bufio.NewReader(c)
				for i := 0; ; i++ {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					l.mu.Lock()
					l.written++
					l.mu.Unlock()
					if !answer(n, i, c) {
						return
					}
				}
			})
		}
	})
	return l
}
