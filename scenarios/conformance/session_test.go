package conformance

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// looks is a check that reads the metadata document.
var looks = Check{ID: "looks", Needs: []targets.Capability{targets.ClientCredentials}, Run: func(ctx context.Context, p *Probe) Outcome {
	for range 2 {
		if _, err := p.Metadata(ctx); err != nil {
			return Undecided(err)
		}
	}
	return Passed("")
}}

// sessionWith has the metadata document at the URL.
func sessionWith(t *testing.T, metadata string) *Session {
	t.Helper()
	where := site()
	where.Instance.Endpoints = targets.Endpoints{targets.MetadataEndpoint: metadata}
	s := NewSession(where.Instance, realClock{}, 1)
	t.Cleanup(s.Close)
	return s
}

// Checks that look at the same answer cause one exchange, and each has it as evidence,
// without the password that the URL may hold.
func TestSharedAnswersAreMadeOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(`{"issuer":"x"}`))
	}))
	defer server.Close()
	s := sessionWith(t, strings.Replace(server.URL, "://", "://user:unsaid@", 1))
	for _, f := range Judge(t.Context(), slices.Repeat([]Check{looks}, 20), s, func(int, string) {}) {
		if f.Verdict != results.Pass || len(f.Evidence) != 1 || strings.Contains(f.Evidence[0], "unsaid") {
			t.Errorf("%s, %q, evidence %q", f.Verdict, f.Reason, f.Evidence)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// A server that takes a request and says nothing ends no run, and fails no check.
func TestSilentServer(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for an exchange to time out")
	}
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 4*exchangeTimeout)
	defer cancel()
	f := Judge(ctx, []Check{looks}, sessionWith(t, server.URL), func(int, string) {})[0]
	if f.Verdict != results.Inconclusive || !strings.Contains(f.Reason, "doesn't answer in time") || ctx.Err() != nil {
		t.Errorf("%s, %q, and the run: %v", f.Verdict, f.Reason, ctx.Err())
	}
}

// An answer that goes on and on isn't read to its end.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	cutOff := make(chan bool, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				cutOff <- true
				return
			}
		}
		cutOff <- false
	}))
	defer server.Close()
	f := Judge(t.Context(), []Check{looks}, sessionWith(t, server.URL), func(int, string) {})[0]
	if f.Verdict != results.Inconclusive || !strings.Contains(f.Reason, "longer than") || !<-cutOff {
		t.Errorf("%s, %q, or all of it was read", f.Verdict, f.Reason)
	}
}

// So many checks run at once, and no more.
func TestBound(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int32
	var once sync.Once
	full := make(chan struct{})
	runs := Check{ID: "runs", Run: func(ctx context.Context, _ *Probe) Outcome {
		n := running.Add(1)
		defer running.Add(-1)
		if n == bound {
			// Time for others that would come.
			once.Do(func() { time.AfterFunc(50*time.Millisecond, func() { close(full) }) })
		}
		select {
		case <-full:
		case <-ctx.Done():
		}
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		return Passed("")
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	Judge(ctx, slices.Repeat([]Check{runs}, bound+3), sessionWith(t, ""), func(int, string) {})
	if most.Load() != bound {
		t.Errorf("%d checks ran at once, want %d", most.Load(), bound)
	}
}

func TestWaitingChecksStartFirst(t *testing.T) {
	t.Parallel()
	waits := Check{Needs: []targets.Capability{targets.JWKS, targets.ShortLifetime}}
	if got := startOrder([]Check{{}, waits, {}, waits}); !slices.Equal(got, []int{1, 3, 0, 2}) {
		t.Errorf("started in the order %v", got)
	}
}

// What no server has issued is the same for the same seed, and differs otherwise.
func TestMadeUp(t *testing.T) {
	t.Parallel()
	value := func(seed uint64, purpose string) string {
		return NewSession(site().Instance, realClock{}, seed).madeUp(purpose)
	}
	if v := value(1, "a"); v != value(1, "a") || v == value(2, "a") || v == value(1, "b") || len(v) != 43 {
		t.Errorf("made up %q", v)
	}
}
