package between

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// echo answers each connection with its own bytes.
func echo(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return l
}

// before starts a proxy before the address. Its end waits for all that it has started.
func before(t *testing.T, o Options) (p *Proxy, at string, end func()) {
	t.Helper()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx, l) }()
	end = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-served:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("something that the proxy started doesn't end")
		}
	})
	t.Cleanup(end)
	return p, l.Addr().String(), end
}

func dial(t *testing.T, at string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

func set(t *testing.T, p *Proxy, m Mode, delay time.Duration) {
	t.Helper()
	if err := p.Set(Condition{m, delay}); err != nil {
		t.Fatal(err)
	}
}

// exchange writes the text and wants it back.
func exchange(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	want(t, c, text)
}

func want(t *testing.T, c net.Conn, text string) {
	t.Helper()
	got := make([]byte, len(text))
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("got %q, %v; want %q", got, err, text)
	}
}

// wantReset wants the connection to have been reset, or the write that finds it out.
func wantReset(t *testing.T, c net.Conn) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("read %d bytes and %v, want a reset", n, err)
	}
}

// Whatever the delays are and however they change, the bytes come in their order, all of
// them, and the end comes last.
func TestPassKeepsOrder(t *testing.T) {
	t.Parallel()
	p, at, _ := before(t, Options{To: echo(t).Addr().String()})
	c := dial(t, at)
	random := rand.New(rand.NewPCG(1, 2))
	sent := make([]byte, 400<<10)
	for i := range sent {
		sent[i] = byte(random.Uint32())
	}
	go func() {
		for at := 0; at < len(sent); {
			n := min(1+random.IntN(8<<10), len(sent)-at)
			if _, err := c.Write(sent[at : at+n]); err != nil {
				return
			}
			at += n
			if random.IntN(4) == 0 {
				_ = p.Set(Condition{Pass, time.Duration(random.IntN(5)) * time.Millisecond})
			}
		}
		_ = c.CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes came, %v, or in another order", len(got), len(sent), err)
	}
	if s := p.Status(); s.BytesTo != int64(len(sent)) || s.BytesFrom != int64(len(sent)) || s.Accepted != 1 {
		t.Errorf("status %+v", s)
	}
}

// A round trip takes the delay at least, and that of a new connection twice as long. A
// hundred chunks take the delay together, and not each.
func TestDelay(t *testing.T) {
	t.Parallel()
	p, at, _ := before(t, Options{To: echo(t).Addr().String()})
	const delay = 40 * time.Millisecond
	for _, mode := range []Mode{Pass, Slow} {
		set(t, p, mode, delay)
		c := dial(t, at)
		for i, least := range []time.Duration{2 * delay, delay} {
			began := time.Now()
			exchange(t, c, "ping")
			if took := time.Since(began); took < least {
				t.Errorf("%s: round trip %d took %v, want %v at least", mode, i, took, least)
			}
		}
	}
	set(t, p, Pass, time.Second)
	c := dial(t, at)
	began := time.Now()
	go func() {
		for range 100 {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	want(t, c, strings.Repeat("x", 100))
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("100 chunks took %v with a delay of 1 s", took)
	}
}

// What comes while all is frozen goes on afterwards, and so do new connections.
func TestFreeze(t *testing.T) {
	t.Parallel()
	p, at, _ := before(t, Options{To: echo(t).Addr().String()})
	old := dial(t, at)
	exchange(t, old, "before")
	set(t, p, Freeze, 0)
	fresh := dial(t, at)
	for _, c := range []net.Conn{old, fresh} {
		if _, err := io.WriteString(c, "meanwhile"); err != nil {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if n, err := c.Read(make([]byte, 10)); n > 0 || err == nil {
			t.Errorf("%d bytes came while all was frozen", n)
		}
	}
	set(t, p, Pass, time.Millisecond)
	for _, c := range []net.Conn{old, fresh} {
		want(t, c, "meanwhile")
		exchange(t, c, "after")
	}
}

func TestDown(t *testing.T) {
	t.Parallel()
	p, at, _ := before(t, Options{To: echo(t).Addr().String()})
	old := dial(t, at)
	exchange(t, old, "before")
	set(t, p, Down, 0)
	wantReset(t, old)
	fresh := dial(t, at)
	if _, err := io.WriteString(fresh, "POST /introspect"); err == nil {
		wantReset(t, fresh)
	}
	if n, err := dial(t, at).Read(make([]byte, 1)); err == nil { // one that says nothing
		t.Errorf("%d bytes came from what is down", n)
	}
	if s := control(t, http.MethodPost, at, "?mode=pass"); s != http.StatusOK {
		t.Errorf("status %d", s)
	}
	exchange(t, dial(t, at), "after")
}

func TestReset(t *testing.T) {
	t.Parallel()
	p, at, _ := before(t, Options{To: echo(t).Addr().String()})
	old := dial(t, at)
	exchange(t, old, "before")
	set(t, p, Reset, 0)
	for _, c := range []net.Conn{old, dial(t, at)} {
		if _, err := io.WriteString(c, "a request"); err == nil {
			wantReset(t, c)
		}
	}
	if s := p.Status(); s.BytesTo != int64(len("before")) {
		t.Errorf("%d bytes were passed on", s.BytesTo)
	}
}

// A server that isn't there resets, as its host would.
func TestNobodyBehind(t *testing.T) {
	t.Parallel()
	l := echo(t)
	_, at, _ := before(t, Options{To: l.Addr().String()})
	l.Close()
	c := dial(t, at)
	if _, err := io.WriteString(c, "anybody?"); err == nil {
		wantReset(t, c)
	}
}

// Nothing that the proxy started outlives it, whatever the connections are at.
func TestEndsAll(t *testing.T) { // not with others, which start goroutines, too
	upstream := echo(t)
	started := runtime.NumGoroutine()
	p, at, end := before(t, Options{To: upstream.Addr().String()})
	conns := []net.Conn{dial(t, at)} // which says nothing
	for _, c := range []Condition{{Pass, 0}, {Pass, time.Minute}, {Freeze, 0}} {
		set(t, p, c.Mode, c.Delay)
		conns = append(conns, dial(t, at))
		if _, err := io.WriteString(conns[len(conns)-1], "hello"); err != nil {
			t.Fatal(err)
		}
	}
	if s := control(t, http.MethodGet, at, ""); s != http.StatusOK {
		t.Errorf("status %d", s)
	}
	end()
	for _, c := range conns {
		c.Close()
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > started; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), started, b[:runtime.Stack(b, true)])
		}
	}
	if n := p.open(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}
