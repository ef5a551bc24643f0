package targets

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	refverifier "github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/targets/between"
)

// The resource server of an arrangement with a proxy asks the issuer by it, all that is at
// the issuer's address and nothing else.
func TestArrangeBetween(t *testing.T) {
	t.Parallel()
	for _, runtime := range []string{Process, Container} {
		f := &fake{runtime: runtime}
		e, err := Start(t.Context(), Options{Runtime: runtime, Process: f.open, Container: f.open, Rand: seeded()}, []Target{both("a")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Stop(t.Context()) })
		in := e.Instance("a")
		got, end, err := in.Arrange(t.Context(), Arrangement{Between: true, Verifier: func(c *refverifier.Config) {
			c.StatusListOrigin = strings.TrimSuffix(c.JWKSURI, "/jwks")
			c.StatusURI = "http://127.0.0.1:1/status"
		}})
		if err != nil {
			t.Fatal(err)
		}
		issuer, proxy, verifier := f.running[0], f.services[2], f.services[3]
		to := strings.TrimPrefix(issuer.Internal(), "http://")
		if i := slices.Index(proxy.Command, "--to"); i < 0 || proxy.Command[i+1] != to || proxy.Ready != between.Path ||
			slices.Contains(proxy.Command, "anybody") != (runtime == Container) || slices.Contains(proxy.Command, "--until-eof") != (runtime == Process) {
			t.Errorf("%s: the proxy is started as %v, ready at %s", runtime, proxy.Command, proxy.Ready)
		}
		c, err := refverifier.ParseConfig(bytes.NewReader(verifier.Secrets["config"]))
		if err != nil {
			t.Fatal(err)
		}
		by := f.running[2].Internal()
		for _, at := range []string{c.IntrospectionEndpoint, c.JWKSURI, c.EventsURI, c.StatusListOrigin} {
			if !strings.HasPrefix(at, by) {
				t.Errorf("%s: the resource server asks at %q, and the proxy is at %s", runtime, at, by)
			}
		}
		if c.StatusURI != "http://127.0.0.1:1/status" || c.Issuer != in.Issuer {
			t.Errorf("%s: what isn't at the issuer's address is %q, the issuer %q", runtime, c.StatusURI, c.Issuer)
		}
		if got.Between == nil || got.Between.Address() != strings.TrimPrefix(by, "http://") || in.Between != nil || !maps.Equal(got.Endpoints, in.Endpoints) {
			t.Errorf("%s: instance %+v", runtime, got)
		}
		if at, err := got.Between.By("http://127.0.0.1:9/jwks?x=y"); err != nil || at != f.running[2].URL()+"/jwks?x=y" {
			t.Errorf("%s: by the proxy it is %q, %v", runtime, at, err)
		}
		if names := serviceNames(got); !slices.Equal(names, []string{"issuer", "proxy", "verifier"}) {
			t.Errorf("%s: services %v", runtime, names)
		}
		if err := end(t.Context()); err != nil || !strings.HasSuffix(f.noted(), "stop verifier-1, stop proxy-1") {
			t.Errorf("%s: %v after %s", runtime, err, f.noted())
		}
	}
}

// A certificate is for a name, so that name stays; and nobody knows where to put a proxy
// without an address.
func TestMoved(t *testing.T) {
	t.Parallel()
	p := ProxyAt("http://127.0.0.1:9", "http://proxy-1:9")
	for address, want := range map[string]string{
		"https://localhost:8443/introspect": "https://localhost:9/introspect",
		"http://localhost:8080/introspect":  "http://127.0.0.1:9/introspect",
		"/introspect":                       "",
	} {
		if got, err := p.By(address); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q by the proxy, %v; want %q", address, got, err, want)
		}
	}
	if _, err := asked(Endpoints{TokenEndpoint: "/token"}); err == nil {
		t.Error("an endpoint without a host can be asked")
	}
	if u, err := asked(Endpoints{TokenEndpoint: "http://a/token", IntrospectionEndpoint: "https://b/i"}); err != nil || hostPort(u) != "b:443" {
		t.Errorf("asked at %v, %v", u, err)
	}
}

// The handle sets a real proxy, and repeats what that has against a condition.
func TestProxyHandle(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(server.Close)
	p, err := between.New(between.Options{To: server.Listener.Addr().String()})
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
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	handle := ProxyAt("http://"+l.Addr().String(), "http://"+l.Addr().String())
	for mode, want := range map[between.Mode]int{between.Error: http.StatusInternalServerError, between.Pass: http.StatusTeapot} {
		if err := handle.Set(t.Context(), between.Condition{Mode: mode}); err != nil {
			t.Fatal(err)
		}
		if s, err := handle.Status(t.Context()); err != nil || s.Mode != mode {
			t.Errorf("status %+v, %v", s, err)
		}
		resp, err := http.Get("http://" + handle.Address())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", mode, resp.StatusCode, want)
		}
	}
	if err := handle.Set(t.Context(), between.Condition{Mode: "sleep"}); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("error %v", err)
	}
}

// A request that got no answer is made again, and not for ever.
func TestProxyHandleTriesAgain(t *testing.T) {
	t.Parallel()
	var asked, fails atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) <= fails.Load() {
			panic(http.ErrAbortHandler) // the connection ends
		}
		_, _ = w.Write([]byte(`{"mode":"down"}`))
	}))
	t.Cleanup(server.Close)
	p := ProxyAt(server.URL, server.URL)
	for _, n := range []int64{0, 2, 3} {
		asked.Store(0)
		fails.Store(n)
		s, err := p.Status(t.Context())
		if asked.Load() != min(n+1, 3) || (err == nil) != (n < 3) || err == nil && s.Mode != between.Down {
			t.Errorf("after %d failures: asked %d times, %+v, %v", n, asked.Load(), s, err)
		}
	}
}

// A step may have a proxy before a store, which is nobody's endpoint.
func TestProxyBeforeAnything(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	_, in := startOne(t, f, both("a"))
	p, end, err := in.Proxy(t.Context(), "127.0.0.1:6379")
	if err != nil {
		t.Fatal(err)
	}
	last := f.services[len(f.services)-1]
	if i := slices.Index(last.Command, "--to"); i < 0 || last.Command[i+1] != "127.0.0.1:6379" || p.Address() != strings.TrimPrefix(f.running[2].Internal(), "http://") {
		t.Errorf("command %v, address %s", last.Command, p.Address())
	}
	if err := end(t.Context()); err != nil || !strings.HasSuffix(f.noted(), "stop proxy-1") {
		t.Errorf("%v after %s", err, f.noted())
	}
	if _, _, err := (&Instance{}).Proxy(t.Context(), "127.0.0.1:6379"); err == nil {
		t.Error("an instance that nobody started has a proxy")
	}
}
