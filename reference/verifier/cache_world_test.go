package verifier

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// caching is a strategy that remembers something of a token.
type caching struct {
	name      string
	change    func(*Config)
	exchanges bool          // the issuer gives a JWT for the token
	signed    bool          // the token is, or becomes, a JWT: there are keys to fetch
	staleness time.Duration // of what is remembered: StalenessBound, as a number; 0 for a push
	outage    time.Duration // Outage, as a number
}

const (
	testTTL   = time.Minute // of DefaultCache
	testStale = 20 * time.Second
	testError = 40 * time.Second
	testLife  = time.Hour // of a token
)

// cachings has each strategy that remembers; TestCacheRules fails when one isn't here.
var cachings = map[string]caching{
	"introspect-cached": {name: IntrospectCached, staleness: testTTL, outage: testTTL},
	"introspect-cached, stale": {name: IntrospectCached, staleness: testTTL + testStale, outage: testTTL + testError, change: func(c *Config) {
		c.Cache.StaleWhileRevalidate, c.Cache.StaleIfError = Duration(testStale), Duration(testError)
	}},
	"introspect-push": {name: IntrospectPush, change: func(c *Config) { c.EventsURI = "http://issuer.test/events" }},
	"shared-cache":    {name: SharedCache, staleness: testTTL, outage: testTTL, change: func(c *Config) { c.SharedCache = "redis://127.0.0.1:1/0" }},
	"local-cached":    {name: LocalCached, signed: true, staleness: testLife, outage: testLife},
	"phantom":         {name: Phantom, exchanges: true, signed: true, staleness: testTTL, outage: testTTL},
	"split":           {name: Split, exchanges: true, signed: true, staleness: testTTL, outage: testTTL},
}

// cachingWorld is such a strategy over an issuer in this process, without HTTP between.
type cachingWorld struct {
	caching
	clock    *clock
	verifier *Verifier
	strategy Strategy
	shared   *memoryEntries // the server of shared-cache

	asked, fetched atomic.Int64 // questions about tokens, and for the keys
	down           atomic.Bool
	script         atomic.Pointer[func(token string) (status int, media, body string)]
	gate           atomic.Pointer[chan struct{}] // questions wait until it is closed
	keySet         string

	mu     sync.Mutex
	live   map[string]string // what the issuer gives for each token
	events *io.PipeWriter    // of the stream that is open
}

func (c caching) world(t testing.TB, changes ...func(*Config)) *cachingWorld {
	t.Helper()
	w := &cachingWorld{caching: c, clock: newClock(), live: map[string]string{}, keySet: testKeys().set(t, testAlgorithms...)}
	config := (&upstream{url: "http://issuer.test"}).config()
	for _, change := range append(changes, c.change) {
		if change != nil {
			change(&config)
		}
	}
	v := newVerifier(t, config, Options{Now: w.clock.now, Client: &http.Client{Transport: w}})
	w.verifier, w.strategy = v, strategy(t, v, c.name)
	switch s := w.strategy.(type) {
	case *sharedCache:
		_ = s.Close()
		w.shared = newMemoryEntries(w.clock)
		s.far.server = w.shared
	case *introspectPush:
		s.stream.start()
		s.heardAgain(t, 1)
	}
	return w
}

// RoundTrip is the issuer.
func (w *cachingWorld) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := func(status int, media string, body io.ReadCloser) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {media}}, Body: body, Request: r}, nil
	}
	text := func(status int, media, body string) (*http.Response, error) {
		return answer(status, media, io.NopCloser(strings.NewReader(body)))
	}
	down := w.down.Load()
	switch r.URL.Path {
	case "/jwks":
		w.fetched.Add(1)
		if !down {
			return text(200, "application/json", w.keySet)
		}
	case "/events":
		if !down {
			return answer(200, "text/event-stream", w.openEvents(r.Context()))
		}
	case "/introspect":
		w.asked.Add(1)
		form, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if gate := w.gate.Load(); gate != nil {
			<-*gate
		}
		if !down {
			return text(w.say(strings.TrimPrefix(string(form), "token=")))
		}
	}
	return text(503, "text/plain", "")
}

func (w *cachingWorld) openEvents(ctx context.Context) io.ReadCloser {
	reader, writer := io.Pipe()
	context.AfterFunc(ctx, func() { _ = writer.CloseWithError(ctx.Err()) })
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = writer
	return reader
}

// say is what a token's question is answered with.
func (w *cachingWorld) say(token string) (status int, media, body string) {
	if script := w.script.Load(); script != nil {
		return (*script)(token)
	}
	w.mu.Lock()
	body, ok := w.live[token]
	w.mu.Unlock()
	switch {
	case ok:
		return 200, w.media(), body
	case w.exchanges:
		return 204, "", ""
	}
	return 200, "application/json", `{"active":false}`
}

func (w *cachingWorld) media() string {
	if w.exchanges {
		return mediaJWT
	}
	return "application/json"
}

// mint has the issuer know a token of that jti. Members with a value of nil are left out.
func (w *cachingWorld) mint(t testing.TB, jti string, members ...any) string {
	t.Helper()
	token, body := w.compose(t, "EdDSA", jti, members...)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.live[token] = body
	return token
}

func (w *cachingWorld) compose(t testing.TB, kid, jti string, members ...any) (token, body string) {
	t.Helper()
	said := with(goodClaims(w.clock.now()), append([]any{"jti", jti}, members...)...)
	if w.signed {
		body = sign(t, testKeys().ed, with(goodHeader("EdDSA"), "kid", kid), said)
	} else {
		data, err := json.Marshal(with(said, "active", true))
		if err != nil {
			t.Fatal(err)
		}
		body = string(data)
	}
	switch w.name {
	case LocalCached:
		return body, body
	case Split:
		rest, signature := cutSigned(body)
		return signature, rest
	}
	return "opaque-" + jti, body
}

// madeUp is a token of the right looks that nobody issued.
func madeUp(n int) string {
	sum := sha512.Sum512(fmt.Appendf(nil, "made-up-%d", n))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// revoke ends a token, and returns once the verifier has heard of it, if it listens.
func (w *cachingWorld) revoke(t testing.TB, jti, token string) {
	t.Helper()
	w.mu.Lock()
	delete(w.live, token)
	w.mu.Unlock()
	if w.name == IntrospectPush {
		heard := w.verifier.Counters().Events
		w.event(t, fmt.Sprintf("event: revoked\ndata: {\"jti\":%q}\n\n", jti))
		await(t.Context(), t, func() bool { return w.verifier.Counters().Events > heard })
	}
}

func (w *cachingWorld) event(t testing.TB, text string) {
	t.Helper()
	w.mu.Lock()
	events := w.events
	w.mu.Unlock()
	if _, err := io.WriteString(events, text); err != nil {
		t.Error(err)
	}
}

// advance moves the clock; a stream that is there goes on to be heard.
func (w *cachingWorld) advance(t testing.TB, d time.Duration) {
	t.Helper()
	push, listens := w.strategy.(*introspectPush)
	for d > 0 {
		step := d
		if listens {
			step = min(step, DefaultEventsSilence/2)
		}
		w.clock.advance(step)
		d -= step
		if listens && !w.down.Load() {
			w.event(t, ":\n\n")
			await(t.Context(), t, func() bool { return push.stream.last.Load() == w.clock.now().UnixNano() })
		}
	}
}

// fail takes the issuer away, and its stream with it.
func (w *cachingWorld) fail(t testing.TB) {
	t.Helper()
	w.down.Store(true)
	if s, ok := w.strategy.(*introspectPush); ok {
		w.mu.Lock()
		_ = w.events.Close()
		w.mu.Unlock()
		await(t.Context(), t, func() bool { return s.stream.connection.Load() == 0 })
	}
}

func (w *cachingWorld) hold() (release func()) {
	gate := make(chan struct{})
	w.gate.Store(&gate)
	return func() { w.gate.Store(nil); close(gate) }
}

func (w *cachingWorld) judge(t testing.TB, token string) error {
	_, err := w.strategy.Judge(t.Context(), token)
	return err
}

// together judges each of the tokens, all at once, so many times.
func (w *cachingWorld) together(t testing.TB, times int, tokens []string, check func(token string, err error)) {
	t.Helper()
	var group sync.WaitGroup
	for range times {
		for _, token := range tokens {
			group.Go(func() { check(token, w.judge(t, token)) })
		}
	}
	group.Wait()
}

// during judges a token over and over, from several goroutines, while the clock takes each
// of the steps; check gets the time before each judgement.
func (w *cachingWorld) during(t testing.TB, token string, steps int, step time.Duration, check func(before time.Time, err error)) {
	t.Helper()
	for range steps {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 10 {
					before := w.clock.now()
					check(before, w.judge(t, token))
				}
			})
		}
		w.advance(t, step)
		group.Wait()
	}
}
