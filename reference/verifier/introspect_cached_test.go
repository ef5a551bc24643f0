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

func TestCachedWaiterLeavesAlone(t *testing.T) {
	t.Parallel()
	s, v, u, _ := judging(t, IntrospectCached)
	release := make(chan struct{})
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) { <-release; fixed(200, `{"active":true}`)(w, r) })
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
	u.wantAsked(t, 1)
}

// Different tokens don't wait for each other.
func TestCachedTokensAreApart(t *testing.T) {
	t.Parallel()
	s, v, u, _ := judging(t, IntrospectCached)
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

// The bound counts from when the issuer was asked, not from when it answered.
func TestCachedAnswerAgesWhileUnderWay(t *testing.T) {
	t.Parallel()
	s, _, u, c := judging(t, IntrospectCached)
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		c.advance(time.Duration(DefaultCache().TTL))
		fixed(200, `{"active":true}`)(w, r)
	})
	for range 2 {
		judges(t, s, "t", "")
	}
	u.wantAsked(t, 2)
}

func TestCachedNeverOutlivesExp(t *testing.T) {
	t.Parallel()
	s, _, u, c := judging(t, IntrospectCached)
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
		judges(t, s, "t", step.reason)
		u.wantAsked(t, step.asked)
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
	judges(t, strategy(t, v, IntrospectCached), "t", claims.ReasonExpired)
}

// nbf is held against the clock on use, so an early use doesn't delay the first good one.
func TestCachedNotBeforeIsCheckedOnUse(t *testing.T) {
	t.Parallel()
	s, _, u, c := judging(t, IntrospectCached)
	u.answer(200, fmt.Sprintf(`{"active":true,"nbf":%d}`, c.now().Unix()+2))
	judges(t, s, "t", claims.ReasonNotYetValid)
	c.advance(2 * time.Second)
	judges(t, s, "t", "")
	u.wantAsked(t, 1)
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
