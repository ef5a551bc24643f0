package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

// memoryEntries is sharedEntries by the clock of a test.
type memoryEntries struct {
	clock  *clock
	broken atomic.Bool
	calls  atomic.Int64

	mu     sync.Mutex
	values map[string][]byte
	until  map[string]time.Time
}

func newMemoryEntries(c *clock) *memoryEntries {
	return &memoryEntries{clock: c, values: map[string][]byte{}, until: map[string]time.Time{}}
}

func (m *memoryEntries) Get(_ context.Context, key string) ([]byte, time.Duration, error) {
	m.calls.Add(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	left := m.until[key].Sub(m.clock.now())
	if m.broken.Load() {
		return nil, 0, errors.New("broken")
	}
	if left <= 0 {
		return nil, 0, nil
	}
	return m.values[key], left, nil
}

func (m *memoryEntries) Set(_ context.Context, key string, value []byte, lifetime time.Duration) error {
	m.calls.Add(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken.Load() {
		return errors.New("broken")
	}
	m.values[key], m.until[key] = value, m.clock.now().Add(lifetime)
	return nil
}

// sharing returns a verifier's strategy over the entries.
func sharing(t testing.TB, u *upstream, c *clock, server sharedEntries, change func(*Config)) (*sharedCache, *Verifier) {
	t.Helper()
	config := u.config()
	config.SharedCache = "redis://127.0.0.1:1/0"
	if change != nil {
		change(&config)
	}
	v := newVerifier(t, config, Options{Now: c.now})
	s := strategy(t, v, SharedCache).(*sharedCache)
	if server != nil {
		_ = s.Close()
		s.far.server = server
	}
	return s, v
}

func TestSharedCacheShares(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	m := newMemoryEntries(c)
	body := fmt.Sprintf(`{"active":true,"sub":"s","jti":"tok","aud":[%q],"exp":%d,"cnf":{"jkt":"k"}}`, testResource, c.now().Unix()+3600)
	u.answer(200, body)
	first, _ := sharing(t, u, c, m, nil)
	second, count := sharing(t, u, c, m, nil)
	want := judges(t, first, "tok", "")
	got := judges(t, second, "tok", "")
	if u.asked.Load() != 1 || count.Counters().SharedHits != 1 || count.Counters().SharedReads != 1 {
		t.Errorf("%d requests, %+v", u.asked.Load(), count.Counters())
	}
	if got.Subject != want.Subject || !got.ExpiresAt.Equal(want.ExpiresAt) || *got.Confirmation != *want.Confirmation || got.ID != "" {
		t.Errorf("shared %+v", got)
	}
	for key, value := range m.values {
		if all := key + string(value); strings.Contains(all, "tok") || strings.Contains(all, "jkt") {
			t.Errorf("readable: %q", all)
		}
	}
	// Who isn't the same client of the same issuer isn't told; nor is one with another secret.
	for i, change := range []func(*Config){
		func(c *Config) { c.ClientID = "other" }, func(c *Config) { c.ClientSecret = "other" },
		func(c *Config) { c.IntrospectionEndpoint += "?x" }, func(c *Config) { c.Issuer = "https://other.example" },
	} {
		other, _ := sharing(t, u, c, m, change)
		_ = judges(t, other, "tok", "")
		if n := u.asked.Load(); n != int64(i)+2 {
			t.Errorf("%d: %d requests", i, n)
		}
	}
	// An audience is everybody's own to check.
	other, _ := sharing(t, u, c, m, func(c *Config) { c.Resource = "https://other.example" })
	judges(t, other, "tok", claims.ReasonAudience)
	u.wantAsked(t, 5)
}

// The TTL counts from the first question, also when the last moment is used to pass
// the answer on, or when a clock is wrong.
func TestSharedCacheStaleness(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{0, -time.Hour, time.Hour, -time.Second, time.Second} {
		u, c, skewed := newUpstream(t), newClock(), newClock()
		skewed.advance(skew)
		m := newMemoryEntries(c)
		u.answer(200, `{"active":true}`)
		first, _ := sharing(t, u, c, m, nil)
		judges(t, first, "t", "")
		u.answer(200, `{"active":false}`) // revoked
		ttl := time.Duration(DefaultCache().TTL)
		for _, step := range []time.Duration{ttl / 2, ttl/2 - ttl/20, ttl / 20} {
			c.advance(step)
			skewed.advance(step)
			late, _ := sharing(t, u, skewed, m, nil)
			_, err := late.Judge(t.Context(), "t")
			if c.now().Sub(newClock().now()) >= ttl {
				wantReason(t, err, claims.ReasonInactive)
			} else if err == nil {
				left := ttl - c.now().Sub(newClock().now())
				for _, clock := range []*clock{c, skewed} {
					clock.advance(left)
				}
				judges(t, late, "t", claims.ReasonInactive)
				for _, clock := range []*clock{c, skewed} {
					clock.advance(-left)
				}
			}
		}
	}
}

func TestSharedCacheNeverOutlivesExp(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	m := newMemoryEntries(c)
	u.answer(200, fmt.Sprintf(`{"active":true,"exp":%d}`, c.now().Unix()+10))
	first, _ := sharing(t, u, c, m, nil)
	judges(t, first, "t", "")
	c.advance(10*time.Second - 1)
	second, _ := sharing(t, u, c, m, nil)
	judges(t, second, "t", "")
	c.advance(1)
	for _, s := range []Strategy{first, second} {
		judges(t, s, "t", claims.ReasonExpired)
	}
}

// What isn't active isn't shared: neither a made-up token nor an outage leaves a trace.
func TestSharedCacheKeepsOnlyActive(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	m := newMemoryEntries(c)
	s, _ := sharing(t, u, c, m, nil)
	u.answer(200, `{"active":false}`)
	for i := range 100 {
		judges(t, s, fmt.Sprintf("made-up-%d", i), claims.ReasonInactive)
	}
	u.answer(503, ``)
	cannotTell(t, s, "t")
	if len(m.values) != 0 {
		t.Errorf("%d entries", len(m.values))
	}
}

func TestSharedCacheCantBeForged(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	m := newMemoryEntries(c)
	s, _ := sharing(t, u, c, m, nil)
	u.answer(200, `{"active":true}`)
	judges(t, s, "good", "")
	value := m.values[s.far.keyOf(hashToken("good"))]
	u.answer(200, `{"active":false}`)
	for token, forged := range map[string][]byte{
		"moved": value, "cut": value[:20], "empty": {}, "plain": []byte(`{"asked":1,"claims":{}}`), "changed": append(bytes.Clone(value), 0),
	} {
		if err := m.Set(t.Context(), s.far.keyOf(hashToken(token)), forged, time.Minute); err != nil {
			t.Fatal(err)
		}
		judges(t, s, token, claims.ReasonInactive)
	}
}

// A server that fails is as if it were empty, and is left alone for a while.
func TestSharedCacheShortCircuit(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	m := newMemoryEntries(c)
	s, v := sharing(t, u, c, m, nil)
	u.answer(200, `{"active":true}`)
	m.broken.Store(true)
	for i := range 50 {
		judges(t, s, fmt.Sprint(i), "")
	}
	if n := m.calls.Load(); n != 1 || v.Counters().SharedFailures != 1 {
		t.Errorf("%d calls, %+v", n, v.Counters())
	}
	c.advance(shortCircuit)
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() { judges(t, s, fmt.Sprint("more", i), "") })
	}
	group.Wait()
	if n := m.calls.Load(); n != 2 {
		t.Errorf("%d calls", n)
	}
	m.broken.Store(false)
	c.advance(shortCircuit)
	judges(t, s, "last", "")
	if len(m.values) != 1 {
		t.Errorf("%d entries", len(m.values))
	}
}

// Nothing listens there: requests are answered all the same.
func TestSharedCacheWithoutAServer(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	s, v := sharing(t, u, c, nil, nil)
	u.answer(200, `{"active":true}`)
	for i := range 20 {
		judges(t, s, fmt.Sprint(i), "")
	}
	if got := v.Counters(); got.SharedFailures != 1 || got.Introspections != 20 {
		t.Errorf("counted %+v", got)
	}
}

func TestSharedCacheOnRedis(t *testing.T) {
	server := storetest.Redis(t)
	u, c := newUpstream(t), newClock()
	u.answer(200, `{"active":true,"sub":"s"}`)
	// A busy machine may be slower than a request waits for the server: it is answered
	// without, and shares nothing.
	const tries = 20
	first, second := Counters{SharedFailures: 1}, Counters{}
	for try := 0; try < tries && first.SharedFailures+second.SharedFailures > 0; try++ {
		issuer := fmt.Sprint(time.Now().UnixNano())
		var counted []Counters
		for range 2 {
			s, v := sharing(t, u, c, nil, func(config *Config) { config.SharedCache, config.Issuer = Secret(server.URL), issuer })
			if got := judges(t, s, "t", ""); got.Subject != "s" {
				t.Errorf("got %+v", got)
			}
			counted = append(counted, v.Counters())
		}
		first, second = counted[0], counted[1]
	}
	if first.Introspections != 1 || second.Introspections != 0 || second.SharedHits != 1 {
		t.Errorf("counted %+v, %+v", first, second)
	}
	if !server.Ours() {
		return
	}
	server.Kill()
	s, _ := sharing(t, u, c, nil, func(config *Config) { config.SharedCache = Secret(server.URL) })
	judges(t, s, "another", "")
}
