package verifier

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"
	"time"
)

func testCache(t testing.TB, config Cache) (*answerCache, *clock) {
	t.Helper()
	c := newClock()
	cache, err := newAnswerCache(config, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return cache, c
}

func hashOf(i int) tokenHash { return sha256.Sum256(fmt.Appendf(nil, "token-%d", i)) }

func TestJitterIsBoundedAndSpread(t *testing.T) {
	t.Parallel()
	const lifetime, most = time.Minute, time.Minute / 10
	var tenths [10]int
	for i := range 10_000 {
		j := jitter(hashOf(i), lifetime)
		if j < 0 || j >= most {
			t.Fatalf("jitter %s", j)
		}
		if j != jitter(hashOf(i), lifetime) {
			t.Fatal("jitter of one token differs")
		}
		tenths[int(j*10/most)]++
	}
	for i, n := range tenths {
		if n < 800 || n > 1200 { // over six standard deviations
			t.Errorf("%d of 10000 in tenth %d", n, i)
		}
	}
	var highest tokenHash
	binary.BigEndian.PutUint32(highest[:4], ^uint32(0))
	if j := jitter(highest, lifetime); j < 0 || j > most {
		t.Errorf("highest jitter %s", j)
	}
}

// Whatever the jitter, an entry is used for at least 90 % of its TTL and never after it.
func TestCacheLifetime(t *testing.T) {
	t.Parallel()
	config := Cache{TTL: Duration(time.Minute), NegativeTTL: Duration(10 * time.Second), Entries: 1000}
	for _, test := range []struct {
		answer   answer
		lifetime time.Duration
	}{
		{answer{active: true}, time.Minute},
		{answer{}, 10 * time.Second},
	} {
		cache, c := testCache(t, config)
		start := c.now()
		for i := range 100 {
			cache.put(hashOf(i), test.answer, start)
		}
		between := 0
		for i := range 100 {
			if _, ok := cache.get(hashOf(i), start.Add(test.lifetime*95/100)); ok {
				between++
			}
		}
		if between < 20 || between > 80 {
			t.Errorf("%d of 100 left at 95 %% of the TTL: they expire together", between)
		}
		// The check on use is asked directly, with the library's clock standing still.
		for i := range 100 {
			if _, ok := cache.get(hashOf(i), start.Add(test.lifetime*9/10-1)); !ok {
				t.Errorf("%d is gone early", i)
			}
			if _, ok := cache.get(hashOf(i), start.Add(test.lifetime)); ok {
				t.Errorf("%d is used late", i)
			}
		}
	}
}

func TestCacheChecksExpOnUse(t *testing.T) {
	t.Parallel()
	cache, c := testCache(t, DefaultCache())
	a := answer{active: true}
	a.claims.ExpiresAt = c.now().Add(time.Second)
	cache.put(hashOf(1), a, c.now())
	if _, ok := cache.get(hashOf(1), c.now().Add(time.Second-1)); !ok {
		t.Error("not used before exp")
	}
	if cache.find(hashOf(1), c.now().Add(time.Second)) != nil {
		t.Error("used at exp")
	}
}

func TestCacheWithoutNegativeTTL(t *testing.T) {
	t.Parallel()
	cache, c := testCache(t, Cache{TTL: Duration(time.Minute), Entries: 10})
	cache.put(hashOf(1), answer{}, c.now())
	if _, ok := cache.get(hashOf(1), c.now()); ok {
		t.Error("remembered")
	}
}

func TestCacheIsBoundedUnderAFlood(t *testing.T) {
	t.Parallel()
	for _, entries := range []int{2, 10, 1000} {
		cache, c := testCache(t, Cache{TTL: Duration(time.Minute), NegativeTTL: Duration(time.Minute), Entries: entries})
		size := func() int {
			cache.accepted.CleanUp()
			cache.refused.CleanUp()
			return cache.accepted.EstimatedSize() + cache.refused.EstimatedSize()
		}
		inUse := entries / 2
		for i := range inUse {
			cache.put(hashOf(i), answer{active: true}, c.now())
		}
		for i := range 20 * entries {
			cache.put(hashOf(inUse+i), answer{}, c.now())
		}
		if n := size(); n > entries || n <= inUse {
			t.Errorf("%d of %d entries after a flood of refused tokens", n, entries)
		}
		for i := range inUse {
			if _, ok := cache.get(hashOf(i), c.now()); !ok {
				t.Errorf("the flood displaced token %d, which was in use", i)
			}
		}
		for i := range 20 * entries {
			cache.put(hashOf(i), answer{active: true}, c.now())
		}
		if n := size(); n > entries {
			t.Errorf("%d of %d entries after a flood of active tokens", n, entries)
		}
		// What expired makes room.
		c.advance(time.Minute)
		if n := size(); n != 0 {
			t.Errorf("%d entries after their time", n)
		}
	}
}

// The cache holds no string that a token could be in, but for the claims.
func TestCacheKeysAreHashes(t *testing.T) {
	t.Parallel()
	if got := reflect.TypeFor[tokenHash](); got.Kind() != reflect.Array || got.Len() != sha256.Size {
		t.Errorf("keys are %s", got)
	}
	u := newUpstream(t)
	v, _ := u.verifier(t)
	u.answer(200, `{"active":true}`)
	s := strategy(t, v, IntrospectCached).(*introspectCached)
	if _, err := s.Judge(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	for key, entry := range s.cache.accepted.All() {
		if key != sha256.Sum256([]byte("t")) || fmt.Sprint(entry.answer) != fmt.Sprint(answer{active: true}) {
			t.Errorf("entry %x: %+v", key, entry)
		}
	}
}
