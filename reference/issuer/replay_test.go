package issuer

import (
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
)

// once are requests that may be made once, each by what makes it unique.
func once(t testing.TB, clk *clock) map[string]func(id string) request {
	p := newProver(t)
	return map[string]func(string) request{
		"proof": func(id string) request {
			return proving(ask("app2", url.Values{"grant_type": {"client_credentials"}}), p.prove(t, "dpop+jwt", nil, proofOf(id)))
		},
		"client assertion": func(id string) request {
			return request{path: "/token", body: withAssertion(sign(t, "jwt", clientAssertion(clk).with("jti", id), nil))}
		},
	}
}

// Two servers that share a store take one replay between them, at whatever time the
// other got it. RFC 9449, section 11.1; RFC 7523, section 3 (jti).
func TestReplayAcrossProcesses(t *testing.T) {
	t.Parallel()
	clk := newClock()
	shared := store.NewMemory(clk.now, sweepPeriod)
	defer shared.Close()
	two := [2]*Issuer{onStore(t, clk, shared), onStore(t, clk, shared)}
	for name, make := range once(t, clk) {
		t.Run(name, func(t *testing.T) {
			q := make("one")
			if w := do(two[0], q); w.Code != http.StatusOK {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			for _, i := range two {
				if w := do(i, q); w.Code == http.StatusOK {
					t.Error("a replay was accepted")
				}
			}
			// One of those that come at the same time is the first.
			q = make("another")
			accepted := count(12, func(n int) bool { return do(two[n%2], q).Code == http.StatusOK })
			if accepted != 1 {
				t.Errorf("%d were accepted at the same time, want 1", accepted)
			}
		})
	}
}

// A restart forgets no replay.
func TestReplayAcrossRestart(t *testing.T) {
	t.Parallel()
	clk := newClock()
	path := filepath.Join(t.TempDir(), "store.db")
	for name, make := range once(t, clk) {
		t.Run(name, func(t *testing.T) {
			q := make("one")
			for n, want := range []bool{true, false} {
				s, err := sqlite.Open(t.Context(), path, sqlite.Options{Now: clk.now})
				if err != nil {
					t.Fatal(err)
				}
				w := do(onStore(t, clk, s), q)
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if accepted := w.Code == http.StatusOK; accepted != want {
					t.Errorf("use %d: status %d", n, w.Code)
				}
			}
		})
	}
}

func onStore(t testing.TB, clk *clock, s store.Store) *Issuer {
	t.Helper()
	i := newIssuerOn(t, boundConfig(), clk, s)
	return i
}

// count calls at the same time, and returns how many said yes.
func count(calls int, call func(n int) bool) (yes int) {
	var all sync.WaitGroup
	answers := make([]bool, calls)
	for n := range calls {
		all.Go(func() { answers[n] = call(n) })
	}
	all.Wait()
	for _, a := range answers {
		if a {
			yes++
		}
	}
	return yes
}
