package load

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// A cold request opens a connection of its own, any other uses one that is there, and
// the bytes of both are counted.
func TestColdAndKeptConnections(t *testing.T) {
	t.Parallel()
	const requests = 4
	for _, c := range []struct{ tls, cold bool }{{false, false}, {false, true}, {true, false}, {true, true}} {
		var dialed atomic.Int64
		server := httptest.NewUnstartedServer(letsIn(func() {}))
		server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				dialed.Add(1)
			}
		}
		l := Load{Workers: requests, Timeout: time.Minute}
		if c.tls {
			server.StartTLS()
			l.TLS = server.Client().Transport.(*http.Transport).TLSClientConfig
		} else {
			server.Start()
		}
		t.Cleanup(server.Close)
		l.Requests, l.Order, l.Cold = []Request{bearer(server.URL, "good", Allow)}, []uint32{0}, c.cold
		rt, err := newTransport(l)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(rt.close)
		for range requests {
			if got := exchange(t.Context(), rt, &rt.requests[0]); got.failed || got.status != http.StatusOK {
				t.Errorf("%+v: %+v", c, got)
			}
		}
		want := int64(1)
		if c.cold {
			want = requests
		}
		if n := dialed.Load(); n != want {
			t.Errorf("%+v: %d connections for %d requests, want %d", c, n, requests, want)
		}
		if in, out := rt.in.Load(), rt.out.Load(); in < requests*100 || out < requests*60 {
			t.Errorf("%+v: %d bytes in, %d out", c, in, out)
		}
	}
}

// A certificate that isn't trusted is no answer.
func TestUntrustedServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(letsIn(func() {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	rt, p := one(t, Request{URL: server.URL}, time.Minute)
	got := exchange(t.Context(), rt, p)
	if _, ok := got.err.(*tls.CertificateVerificationError); !ok {
		t.Errorf("got %+v", got)
	}
}
