package verifier

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// staleWorld returns introspect-cached with these times past the TTL, and a token that is
// remembered, whose lifetime in the cache ends in fresh.
func staleWorld(t *testing.T, whileRevalidate, ifError time.Duration) (w *cachingWorld, token string, fresh time.Duration) {
	t.Helper()
	c := caching{name: IntrospectCached, change: func(c *Config) {
		c.Cache.StaleWhileRevalidate, c.Cache.StaleIfError = Duration(whileRevalidate), Duration(ifError)
	}}
	w = c.world(t)
	token = w.mint(t, "t")
	wantReason(t, w.judge(t, token), "")
	return w, token, testTTL - jitter(hashToken(token), testTTL)
}

func (w *cachingWorld) wantsStale(t *testing.T, hits Count) {
	t.Helper()
	if n := w.verifier.Counters().StaleHits; n != hits {
		t.Errorf("%d stale hits, want %d", n, hits)
	}
}

// The first who comes past the TTL is answered from memory, and has the others answered by
// what the issuer says now.
func TestStaleWhileRevalidate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		late  time.Duration // after the entry's lifetime
		stale bool
	}{{-1, false}, {0, true}, {testStale - 1, true}, {testStale, false}, {testStale + testTTL, false}} {
		w, token, fresh := staleWorld(t, testStale, 0)
		w.revoke(t, "t", token)
		w.clock.advance(fresh + test.late)
		first := w.judge(t, token)
		w.settle(t)
		switch {
		case test.late < 0:
			wantReason(t, first, "")
			w.wantsStale(t, 0)
			continue
		case test.stale:
			wantReason(t, first, "")
			w.wantsStale(t, 1)
		default:
			wantReason(t, first, claims.ReasonInactive)
			w.wantsStale(t, 0)
		}
		wantReason(t, w.judge(t, token), claims.ReasonInactive) // what the refresh learned counts at once
		if n := w.asked.Load(); n != 2 {
			t.Errorf("%s: %d questions", test.late, n)
		}
	}
}

func TestStaleRefreshesOnce(t *testing.T) {
	t.Parallel()
	w, token, fresh := staleWorld(t, testStale, 0)
	w.clock.advance(fresh)
	release := w.hold()
	w.together(t, 1000, []string{token}, func(_ string, err error) { wantReason(t, err, "") })
	w.wantsStale(t, 1000)
	await(t.Context(), t, func() bool { return w.asked.Load() > 1 })
	release()
	w.settle(t)
	if n := w.asked.Load(); n != 2 {
		t.Errorf("%d questions", n)
	}
	// It is fresh again, from when it was asked for.
	w.together(t, 100, []string{token}, func(_ string, err error) { wantReason(t, err, "") })
	w.wantsStale(t, 1000)
}

// An outage is closed by those who may not use what is old, and remembered by nobody.
func TestStaleDuringAnOutage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ whileRevalidate, ifError time.Duration }{
		{0, 0}, {testStale, 0}, {0, testError}, {testStale, testError}, {testError, testStale},
	} {
		w, token, fresh := staleWorld(t, test.whileRevalidate, test.ifError)
		w.fail(t)
		open := max(test.whileRevalidate, test.ifError)
		if open > 0 {
			w.clock.advance(fresh + open - 1)
			w.together(t, 50, []string{token}, func(_ string, err error) { wantReason(t, err, "") })
			w.wantsStale(t, 50)
			w.settle(t)
			w.clock.advance(1)
		} else {
			w.clock.advance(fresh)
		}
		w.together(t, 50, []string{token}, func(_ string, err error) { wantUnavailable(t, err) })
		wantUnavailable(t, w.judge(t, w.mint(t, "never seen")))
		w.down.Store(false)
		w.together(t, 50, []string{token}, func(_ string, err error) { wantReason(t, err, "") })
	}
}

// Neither an answer nor a caller that leaves is an outage.
func TestStaleIfErrorNeedsAnError(t *testing.T) {
	t.Parallel()
	w, token, fresh := staleWorld(t, 0, testError)
	w.clock.advance(fresh)
	release := w.hold()
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { _, err := w.strategy.Judge(ctx, token); left <- err }()
	await(t.Context(), t, func() bool { return w.asked.Load() == 2 })
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	w.revoke(t, "t", token)
	release()
	w.settle(t)
	wantReason(t, w.judge(t, token), claims.ReasonInactive)
	// Nor does a later outage bring back what was learned to be over.
	w.clock.advance(time.Duration(DefaultCache().NegativeTTL))
	w.fail(t)
	wantUnavailable(t, w.judge(t, token))
	w.wantsStale(t, 0)
}

// Never past exp, however long the stale may be used, whether the issuer is there or not.
func TestStaleEndsWithExp(t *testing.T) {
	t.Parallel()
	for _, down := range []bool{false, true} {
		w, _, _ := staleWorld(t, testTTL, testTTL)
		exp := w.clock.now().Add(testTTL + 10*time.Second).Truncate(time.Second)
		token := w.mint(t, "short", "exp", exp.Unix())
		wantReason(t, w.judge(t, token), "")
		if down {
			w.fail(t)
		} else {
			w.hold() // no refresh comes to an end
			t.Cleanup(func() { close(*w.gate.Load()) })
		}
		w.clock.advance(exp.Sub(w.clock.now()) - 1)
		wantReason(t, w.judge(t, token), "")
		w.wantsStale(t, 1)
		w.clock.advance(1)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { _, err := w.strategy.Judge(ctx, token); done <- err }()
		if !down {
			await(t.Context(), t, func() bool { return w.verifier.Counters().Coalesced > 0 })
			cancel()
		}
		if err := <-done; err == nil {
			t.Errorf("down %t: used at exp", down)
		}
		cancel()
		w.wantsStale(t, 1)
	}
}

// That a token is refused isn't used past its time.
func TestStaleIsNeverARefusal(t *testing.T) {
	t.Parallel()
	w, _, _ := staleWorld(t, testStale, testError)
	wantReason(t, w.judge(t, madeUp(0)), claims.ReasonInactive)
	w.clock.advance(time.Duration(DefaultCache().NegativeTTL))
	w.fail(t)
	wantUnavailable(t, w.judge(t, madeUp(0)))
	w.wantsStale(t, 0)
}

// What the strategy says of itself has the times in it that count, and no others.
func TestStaleIsDeclared(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		whileRevalidate, ifError time.Duration
		bound, outage            string // the ends
	}{
		{0, 0, "past the token's exp", "time in the cache is over"},
		{testStale, 0, "exp; 20s more while the issuer is asked again", "and for 20s after that"},
		{0, testError, "exp; 40s more while the issuer can't be asked", "and for 40s after that"},
		{testStale, testError, "exp; 20s more while the issuer is asked again; 40s more while the issuer can't be asked", "and for 40s after that"},
	} {
		w, _, _ := staleWorld(t, test.whileRevalidate, test.ifError)
		if got := w.strategy.StalenessBound(); !strings.HasPrefix(got, "the cache's TTL, 1m0s, ") || !strings.HasSuffix(got, test.bound) {
			t.Errorf("bound %q", got)
		}
		if got := w.strategy.Outage(); !strings.HasSuffix(got, test.outage) {
			t.Errorf("outage %q", got)
		}
	}
}
