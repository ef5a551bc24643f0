package verifier

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// RFC 7662, section 4: an answer isn't used past the exp in it. The issuer goes on to
// call the token active.
func neverPastExp(t *testing.T, w *cachingWorld) {
	for n, life := range []time.Duration{10 * time.Second, testTTL + 10*time.Second} {
		exp := w.clock.now().Add(life).Truncate(time.Second)
		token := w.mint(t, fmt.Sprint("short-", n), "exp", exp.Unix())
		var accepted atomic.Int64
		w.during(t, token, 20, life/15, func(before time.Time, err error) {
			switch {
			case err == nil && !before.Before(exp):
				t.Errorf("used %s past exp", before.Sub(exp))
			case err == nil:
				accepted.Add(1)
			default:
				wantReason(t, err, claims.ReasonExpired)
			}
		})
		if accepted.Load() == 0 {
			t.Error("it was never used")
		}
	}
}

// What is accepted after the revocation was asked for within the bound, and the memory is
// of use until then.
func staleWithinBound(t *testing.T, w *cachingWorld) {
	const jti = "revoked"
	token := w.mint(t, jti)
	wantReason(t, w.judge(t, token), "")
	t0 := w.clock.now()
	w.revoke(t, jti, token)
	var mu sync.Mutex
	latest := time.Duration(-1)
	steps, step := 44, w.staleness/40
	if w.staleness == 0 {
		step = time.Second
	}
	w.during(t, token, steps, step, func(before time.Time, err error) {
		if err == nil {
			mu.Lock()
			latest = max(latest, before.Sub(t0))
			mu.Unlock()
		}
	})
	t.Logf("accepted until %s after the revocation; the bound is %s", latest, w.staleness)
	if latest >= w.staleness {
		t.Errorf("accepted %s after the revocation; the bound is %s", latest, w.staleness)
	}
	if least := min(w.staleness, testTTL) * 8 / 10; w.staleness > 0 && latest < least {
		t.Errorf("accepted until %s after the revocation: nothing was remembered", latest)
	}
}

func refusedForAMoment(t *testing.T, w *cachingWorld) {
	const jti = "late"
	token := w.mint(t, jti)
	w.mu.Lock()
	body := w.live[token]
	delete(w.live, token)
	w.mu.Unlock()
	inactive := func(_ string, err error) { wantReason(t, err, claims.ReasonInactive) }
	for range 3 {
		w.together(t, 100, []string{token}, inactive)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("%d questions", n)
	}
	w.mu.Lock()
	w.live[token] = body
	w.mu.Unlock()
	w.advance(t, time.Duration(DefaultCache().NegativeTTL))
	w.together(t, 100, []string{token}, func(_ string, err error) { wantReason(t, err, "") })
	if n := w.asked.Load(); n != 2 {
		t.Errorf("%d questions", n)
	}
}

// What is remembered is used for as long as Outage says, and then nothing is known: no
// token is ever called bad for it.
func downAsDeclared(t *testing.T, w *cachingWorld) {
	token := w.mint(t, "known")
	wantReason(t, w.judge(t, token), "")
	t0 := w.clock.now()
	w.fail(t)
	last := atomic.Int64{}
	last.Store(-1)
	step := w.outage / 40
	if w.outage == 0 {
		step = time.Second
	}
	w.during(t, token, 44, step, func(before time.Time, err error) {
		switch after := before.Sub(t0); {
		case err == nil && after >= w.outage:
			t.Errorf("open after %s", after)
		case err == nil:
			for seen := last.Load(); seen < int64(after) && !last.CompareAndSwap(seen, int64(after)); seen = last.Load() {
			}
		case w.name == LocalCached:
			wantReason(t, err, claims.ReasonExpired)
		default:
			wantUnavailable(t, err)
		}
	})
	if least := w.outage * 85 / 100; time.Duration(last.Load()) < least-step {
		t.Errorf("closed after %s, before %s", time.Duration(last.Load()), least)
	}
}

// Tokens that were asked about in one burst are asked about again at different times.
func expirySpread(t *testing.T, w *cachingWorld) {
	const burst, steps = 300, 20
	tokens := make([]string, burst)
	for n := range tokens {
		tokens[n] = w.mint(t, fmt.Sprint("burst-", n))
	}
	all := func() (asked int64) {
		before := w.asked.Load()
		w.together(t, 1, tokens, func(_ string, err error) { wantReason(t, err, "") })
		w.settle(t)
		return w.asked.Load() - before
	}
	if n := all(); n != burst {
		t.Fatalf("%d questions", n)
	}
	w.advance(t, testTTL-time.Duration(jitterFraction*float64(testTTL)))
	var sum, most int64
	for range steps + 1 {
		n := all()
		sum, most = sum+n, max(most, n)
		w.advance(t, time.Duration(jitterFraction*float64(testTTL))/steps)
	}
	if sum != burst || most > burst/5 { // 15 are to be expected of each step
		t.Errorf("of %d questions %d came at once", sum, most)
	}
}

// settle waits for what was started and isn't waited for.
func (w *cachingWorld) settle(t testing.TB) {
	t.Helper()
	s, ok := w.strategy.(*introspectCached)
	if !ok {
		return
	}
	await(t.Context(), t, func() bool {
		s.flight.mu.Lock()
		defer s.flight.mu.Unlock()
		return len(s.flight.calls) == 0
	})
}
