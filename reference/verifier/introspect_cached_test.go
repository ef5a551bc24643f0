package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// held makes the issuer answer only once release is closed.
func held(u *upstream, status int, body string) (release chan struct{}) {
	release = make(chan struct{})
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		<-release
		fixed(status, body)(w, r)
	})
	return release
}

func TestCachedCoalescesMisses(t *testing.T) {
	t.Parallel()
	const waiters = 1000
	for _, test := range []struct {
		name   string
		status int
		body   string
		check  func(testing.TB, error)
		again  int64 // requests after one more judgement
	}{
		{"active", 200, `{"active":true,"client_id":"app"}`, func(t testing.TB, err error) { wantReason(t, err, "") }, 1},
		{"inactive", 200, `{"active":false}`, func(t testing.TB, err error) { wantReason(t, err, claims.ReasonInactive) }, 1},
		{"outage", 503, ``, func(t testing.TB, err error) { wantUnavailable(t, err) }, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t)
			v, _ := u.verifier(t)
			s := strategy(t, v, IntrospectCached)
			release := held(u, test.status, test.body)
			errs := make([]error, waiters)
			var group sync.WaitGroup
			for i := range waiters {
				group.Go(func() { _, errs[i] = s.Judge(t.Context(), "t") })
			}
			await(t.Context(), t, func() bool { return v.Counters().Coalesced == waiters-1 })
			close(release)
			group.Wait()
			for _, err := range errs {
				test.check(t, err)
			}
			want := Counters{Introspections: 1, CacheMisses: waiters, Coalesced: waiters - 1}
			if got := v.Counters(); got != want || u.asked.Load() != 1 {
				t.Errorf("counted %+v, the issuer %d", got, u.asked.Load())
			}
			_, err := s.Judge(t.Context(), "t")
			test.check(t, err)
			if got := u.asked.Load(); got != test.again {
				t.Errorf("%d requests, want %d", got, test.again)
			}
		})
	}
}

func TestCachedWaiterLeavesAlone(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, _ := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	release := held(u, 200, `{"active":true}`)
	first, leave := context.WithCancel(t.Context())
	left, stayed := make(chan error, 1), make(chan error, 1)
	go func() { _, err := s.Judge(first, "t"); left <- err }()
	await(t.Context(), t, func() bool { return u.asked.Load() == 1 })
	go func() { _, err := s.Judge(t.Context(), "t"); stayed <- err }()
	await(t.Context(), t, func() bool { return v.Counters().Coalesced == 1 })

	leave() // the one that started the request
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(release)
	if err := <-stayed; err != nil {
		t.Errorf("who stayed got %v", err)
	}
	if n := u.asked.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// Different tokens don't wait for each other.
func TestCachedTokensAreApart(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, _ := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		fixed(200, fmt.Sprintf(`{"active":true,"sub":%q}`, r.FormValue("token")))(w, r)
	})
	for range 2 {
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				token := fmt.Sprintf("token-%d", i)
				if claims, err := s.Judge(t.Context(), token); err != nil || claims.Subject != token {
					t.Errorf("%s: %+v, %v", token, claims, err)
				}
			})
		}
		group.Wait()
	}
	if got := v.Counters(); got.Introspections != 50 || got.CacheHits != 50 {
		t.Errorf("counted %+v", got)
	}
}

func TestCachedStalenessIsBounded(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	u.answer(200, `{"active":true}`)
	_, err := s.Judge(t.Context(), "t")
	wantReason(t, err, "")
	u.answer(200, `{"active":false}`) // revoked
	ttl := time.Duration(DefaultCache().TTL)
	c.advance(ttl - time.Duration(jitterFraction*float64(ttl)) - 1)
	_, err = s.Judge(t.Context(), "t")
	wantReason(t, err, "") // still remembered: the cache does work
	c.advance(time.Duration(jitterFraction*float64(ttl)) + 1)
	_, err = s.Judge(t.Context(), "t")
	wantReason(t, err, claims.ReasonInactive)
	if n := u.asked.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
}

// The bound counts from when the issuer was asked, not from when it answered.
func TestCachedAnswerAgesWhileUnderWay(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		c.advance(time.Duration(DefaultCache().TTL))
		fixed(200, `{"active":true}`)(w, r)
	})
	for range 2 {
		_, err := s.Judge(t.Context(), "t")
		wantReason(t, err, "")
	}
	if n := u.asked.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestCachedNeverOutlivesExp(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	u.answer(200, fmt.Sprintf(`{"active":true,"exp":%d}`, c.now().Unix()+10))
	for _, step := range []struct {
		after  time.Duration
		reason claims.Reason
		asked  int64
	}{
		{0, "", 1},
		{10*time.Second - 1, "", 1},
		{1, claims.ReasonExpired, 2},               // the issuer that still says active is asked, and not believed
		{0, claims.ReasonExpired, 2},               // which is remembered
		{5 * time.Second, claims.ReasonExpired, 3}, // for the negative TTL
	} {
		c.advance(step.after)
		_, err := s.Judge(t.Context(), "t")
		wantReason(t, err, step.reason)
		if n := u.asked.Load(); n != step.asked {
			t.Errorf("%d requests, want %d", n, step.asked)
		}
	}
}

// A token that passes its exp while the answer is under way isn't accepted.
func TestCachedExpiresWhileUnderWay(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	exp := c.now().Unix() + 1
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		c.advance(time.Second)
		fixed(200, fmt.Sprintf(`{"active":true,"exp":%d}`, exp))(w, r)
	})
	_, err := strategy(t, v, IntrospectCached).Judge(t.Context(), "t")
	wantReason(t, err, claims.ReasonExpired)
}

// nbf is held against the clock on use, so an early use doesn't delay the first good one.
func TestCachedNotBeforeIsCheckedOnUse(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	u.answer(200, fmt.Sprintf(`{"active":true,"nbf":%d}`, c.now().Unix()+2))
	_, err := s.Judge(t.Context(), "t")
	wantReason(t, err, claims.ReasonNotYetValid)
	c.advance(2 * time.Second)
	_, err = s.Judge(t.Context(), "t")
	wantReason(t, err, "")
	if n := u.asked.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestCachedNegativeEntriesAreShortLived(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	u.answer(200, `{"active":false}`)
	for range 3 {
		_, err := s.Judge(t.Context(), "t")
		wantReason(t, err, claims.ReasonInactive)
	}
	if n := u.asked.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
	u.answer(200, `{"active":true}`)
	c.advance(time.Duration(DefaultCache().NegativeTTL))
	_, err := s.Judge(t.Context(), "t")
	wantReason(t, err, "")
}

// An outage is neither remembered nor does it make good tokens bad.
func TestCachedOutage(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, IntrospectCached)
	u.answer(200, `{"active":true}`)
	_, err := s.Judge(t.Context(), "known")
	wantReason(t, err, "")

	u.answer(500, `{"active":false}`)
	_, err = s.Judge(t.Context(), "known")
	wantReason(t, err, "")
	for range 2 {
		_, err = s.Judge(t.Context(), "new")
		wantUnavailable(t, err)
	}
	c.advance(time.Duration(DefaultCache().TTL))
	_, err = s.Judge(t.Context(), "known") // closed, not open, once the TTL is over
	wantUnavailable(t, err)

	u.answer(200, `{"active":true}`)
	for _, token := range []string{"known", "new"} {
		_, err = s.Judge(t.Context(), token)
		wantReason(t, err, "")
	}
}

// A miss that dates from before another's answer was stored asks nobody.
func TestCachedMissLooksAgain(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, IntrospectCached).(*introspectCached)
	s.cache.put(hashOf(1), answer{active: true}, c.now())
	a, err := s.miss(t.Context(), hashOf(1), "token-1")
	if err != nil || !a.active {
		t.Errorf("got %+v, %v", a, err)
	}
	if got := v.Counters(); got != (Counters{Coalesced: 1}) || u.asked.Load() != 0 {
		t.Errorf("counted %+v", got)
	}
}
