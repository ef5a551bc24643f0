package verifier

import (
	"strings"
	"testing"
	"time"
)

// What each strategy says of its bound in words has the numbers that the harness compares,
// and the other way round.
func TestStalenessInNumbers(t *testing.T) {
	t.Parallel()
	config := (&upstream{url: "http://issuer.test"}).config()
	config.EventsURI, config.StatusURI, config.DenylistURI = "http://issuer.test/events", "http://issuer.test/status", "http://issuer.test/denylist"
	config.SharedCache = "redis://127.0.0.1:1/0"
	config.Cache.TTL, config.Cache.StaleWhileRevalidate, config.Cache.StaleIfError = Duration(77*time.Second), Duration(3*time.Second), Duration(8*time.Second)
	config.EventsSilence, config.Leeway = Duration(13*time.Second), Duration(2*time.Second)
	v := newVerifier(t, config, Options{})
	ttl := 77 * time.Second
	for name, want := range map[string]struct {
		Staleness
		words []string
	}{
		Introspect:        {Staleness{End: EndAnswer}, []string{"none", "on every request"}},
		IntrospectCached:  {Staleness{End: EndTTL, Bound: ttl + 3*time.Second, Grace: 5 * time.Second}, []string{"TTL, 1m17s", "3s more while the issuer is asked again", "8s more while the issuer can't be asked"}},
		IntrospectPush:    {Staleness{End: EndEvent, Grace: 13 * time.Second}, []string{"an event", "13s when the stream falls silent", "TTL, 1m17s"}},
		SharedCache:       {Staleness{End: EndTTL, Bound: ttl}, []string{"TTL, 1m17s"}},
		SharedDB:          {Staleness{End: EndAnswer}, []string{"none", "on every request"}},
		Local:             {Staleness{End: EndExpiry}, []string{"remaining lifetime"}},
		LocalCached:       {Staleness{End: EndExpiry}, []string{"remaining lifetime"}},
		LocalDenylist:     {Staleness{End: EndDenylist, Stated: true, Grace: 20 * time.Second}, []string{"interval, that it states", "another 20s"}},
		LocalStatus:       {Staleness{End: EndStatus, Stated: true}, []string{"the list's ttl"}},
		LocalOnlineStatus: {Staleness{End: EndAnswer}, []string{"none", "on every request"}},
		Hybrid:            {Staleness{End: EndExpiry}, []string{"on risky routes none", "remaining lifetime"}},
		Phantom:           {Staleness{End: EndTTL, Bound: ttl}, []string{"TTL, 1m17s"}},
		Split:             {Staleness{End: EndTTL, Bound: ttl}, []string{"TTL, 1m17s"}},
	} {
		want.Leeway = 2 * time.Second
		if got, ok := config.Staleness(name, false); !ok || got != want.Staleness {
			t.Errorf("%s: %+v, want %+v", name, got, want.Staleness)
		}
		if name == Hybrid {
			want.Staleness = Staleness{End: EndAnswer, Leeway: 2 * time.Second}
		}
		if got, _ := config.Staleness(name, true); got != want.Staleness {
			t.Errorf("%s on a risky route: %+v, want %+v", name, got, want.Staleness)
		}
		said := (&sharedDB{}).StalenessBound() // which has no numbers of a table
		if name != SharedDB {
			said = strategy(t, v, name).StalenessBound()
		}
		for _, words := range want.words {
			if !strings.Contains(said, words) {
				t.Errorf("%s: the bound is %q, want %q in it", name, said, words)
			}
		}
	}
	for _, name := range Strategies() {
		if s, ok := config.Staleness(name, false); !ok || s.End == "" {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if _, ok := config.Staleness("other", false); ok {
		t.Error("a strategy that there is not has a bound")
	}
}

// The numbers are those that the tests of what remembers hold the strategies to.
func TestStalenessIsWhatIsHeld(t *testing.T) {
	t.Parallel()
	revoked := time.Unix(1_700_000_000, 0)
	for name, c := range cachings {
		config := (&upstream{url: "http://issuer.test"}).config()
		if c.change != nil {
			c.change(&config)
		}
		s, _ := config.Staleness(c.name, false)
		if got := s.Until(revoked, revoked.Add(testLife)).Sub(revoked); got != c.staleness {
			t.Errorf("%s: until %v after the revocation, held to %v", name, got, c.staleness)
		}
		if got := s.Bound + s.Grace; s.End == EndTTL && got != c.outage {
			t.Errorf("%s: %v with grace, held to %v", name, got, c.outage)
		}
	}
}

func TestStalenessUntil(t *testing.T) {
	t.Parallel()
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	for _, test := range []struct {
		s    Staleness
		exp  time.Time
		want time.Time
	}{
		{Staleness{End: EndAnswer}, at(500), at(100)},
		{Staleness{End: EndTTL, Bound: 60 * time.Second}, at(500), at(160)},
		{Staleness{End: EndTTL, Bound: 60 * time.Second}, time.Time{}, at(160)},
		{Staleness{End: EndTTL, Bound: 60 * time.Second, Leeway: 5 * time.Second}, at(130), at(135)}, // never past exp
		{Staleness{End: EndExpiry, Leeway: 5 * time.Second}, at(500), at(505)},
		{Staleness{End: EndExpiry}, time.Time{}, time.Time{}},
	} {
		if got := test.s.Until(at(100), test.exp); !got.Equal(test.want) {
			t.Errorf("%+v with exp %v: %v, want %v", test.s, test.exp, got, test.want)
		}
	}
}
