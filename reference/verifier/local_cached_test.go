package verifier

import (
	"fmt"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

func cachedVerifier(t testing.TB) (*localCached, *Verifier, *upstream, *clock) {
	t.Helper()
	u := newUpstream(t)
	v, c := u.verifier(t)
	s := strategy(t, v, LocalCached).(*localCached)
	_, err := s.Judge(t.Context(), tokenOf(t, c, "ES256")) // fetches the keys
	wantReason(t, err, "")
	return s, v, u, c
}

func TestLocalCachedRemembers(t *testing.T) {
	t.Parallel()
	s, v, _, c := cachedVerifier(t)
	token := tokenOf(t, c, "ES256")
	before := v.Counters()
	first, err := s.Judge(t.Context(), token)
	wantReason(t, err, "")
	again, err := s.Judge(t.Context(), token)
	wantReason(t, err, "")
	if fmt.Sprint(first) != fmt.Sprint(again) {
		t.Errorf("%+v and then %+v", first, again)
	}
	if after := v.Counters(); after.CacheHits != before.CacheHits+1 || after.CacheMisses != before.CacheMisses+1 {
		t.Errorf("counted %+v", after)
	}
	// A token that differs anywhere is another.
	for _, at := range []int{3, len(token) / 2, len(token) - 30} {
		other := token[:at] + "A" + token[at+1:]
		if other == token {
			other = token[:at] + "B" + token[at+1:]
		}
		if _, err := s.Judge(t.Context(), other); err == nil {
			t.Errorf("accepted with character %d changed", at)
		}
	}
}

func TestLocalCachedChecksTimeOnUse(t *testing.T) {
	t.Parallel()
	s, _, _, c := cachedVerifier(t)
	token := tokenOf(t, c, "ES256")
	for _, step := range []struct {
		after  time.Duration
		reason claims.Reason
	}{{0, ""}, {time.Hour - 1, ""}, {1, claims.ReasonExpired}, {0, claims.ReasonExpired}} {
		c.advance(step.after)
		judges(t, s, token, step.reason)
	}
	// The check is the strategy's, whatever the memory holds.
	r := &remembered{version: s.keys.state.Load().version, until: c.now().Add(time.Hour)}
	r.said.NotBefore = c.now().Add(time.Second)
	s.memory.accepted.Set(hashToken("t"), r)
	judges(t, s, "t", claims.ReasonNotYetValid)
}

// With the key, the tokens go that it signed.
func TestLocalCachedForgetsWithTheKeys(t *testing.T) {
	t.Parallel()
	s, v, u, c := cachedVerifier(t)
	token := tokenOf(t, c, "ES256")
	for range 2 {
		judges(t, s, token, "")
	}
	u.publish(200, testKeys().set(t, "EdDSA"))
	c.advance(DefaultKeyMaxAge - 1)
	judges(t, s, token, "")
	c.advance(1)
	judges(t, s, token, claims.ReasonKeyUnknown)
	// The same keys, fetched again, keep what is remembered.
	ed := sign(t, testKeys().ed, goodHeader("EdDSA"), goodClaims(c.now()))
	judges(t, s, ed, "")
	c.advance(DefaultKeyMaxAge)
	hits := v.Counters().CacheHits
	judges(t, s, ed, "")
	if n := v.Counters().CacheHits; n != hits+1 || u.fetched.Load() != 3 {
		t.Errorf("%d hits, %d fetches", n-hits, u.fetched.Load())
	}
}

// Refused tokens aren't remembered, and those that are have a bound.
func TestLocalCachedIsBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	m, err := newMemory(&parts{config: Config{Cache: Cache{Entries: 100}}, options: Options{Now: c.now}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		r := &remembered{until: c.now().Add(time.Minute)}
		if i%2 == 0 {
			r.refusal = claims.Refuse(claims.ReasonInactive)
		}
		m.put(hashOf(i), r, c.now())
	}
	m.accepted.CleanUp()
	m.refused.CleanUp()
	if a, r := m.accepted.EstimatedSize(), m.refused.EstimatedSize(); a > 90 || r > 10 {
		t.Errorf("%d accepted, %d refused", a, r)
	}
	s, v, _, clk := cachedVerifier(t)
	bad := tokenOf(t, clk, "other")
	for range 3 {
		judges(t, s, bad, claims.ReasonKeyUnknown)
	}
	if v.Counters().CacheHits != 0 {
		t.Error("a refused token was remembered")
	}
}

func TestLocalCachedHitAllocatesNothing(t *testing.T) {
	s, _, _, c := cachedVerifier(t)
	token := tokenOf(t, c, "ES256")
	judge := func() {
		if _, err := s.Judge(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	judge()
	if n := testing.AllocsPerRun(1000, judge); n >= 1 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkJudgeLocalCachedHit(b *testing.B) {
	u := newUpstream(b)
	u.publish(200, testKeys().set(b, testAlgorithms...))
	v, err := New(u.config(), Options{Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(v.Close)
	s := strategy(b, v, LocalCached)
	token := sign(b, testKeys().ec, goodHeader("ES256"), goodClaims(time.Now()))
	if _, err := s.Judge(b.Context(), token); err != nil {
		b.Fatal(err)
	}
	b.Run("one", func(b *testing.B) { benchmarkJudge(b, s, token) })
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := s.Judge(b.Context(), token); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}
