package verifier

import (
	"context"
	"crypto"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/field"
	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// coldRetry is the time between fetches while none has succeeded and all tokens wait.
const coldRetry = time.Second

// DefaultKeyMaxAge is how long keys are used before they are fetched again, where
// nothing is configured.
const DefaultKeyMaxAge = 10 * time.Minute

// keySet holds the issuer's keys. It fetches them when the first is needed, when they are
// old, and when a kid isn't among them. The last it does at most once in each interval,
// whatever kids the tokens name.
type keySet struct {
	upstream   upstreamCaller
	uri        string
	algorithms []keys.Algorithm
	interval   time.Duration
	maxAge     time.Duration
	now        func() time.Time
	fetches    *Count

	state  atomic.Pointer[keyState]
	flight *flight[struct{}, *keyState]
}

// keyState is replaced, never changed.
type keyState struct {
	keys    map[string]*jwt.Key // nil before the first fetch that worked
	version uint64              // another one when the keys are others
	until   time.Time           // the keys have to be fetched again from then on
	next    time.Time           // no fetch before
	err     error               // why the latest fetch failed
}

// find returns the key of that kid, or the only one of an empty kid; nil for none.
func (s *keyState) find(kid string) *jwt.Key {
	if kid == "" && len(s.keys) == 1 {
		for _, key := range s.keys {
			return key
		}
	}
	return s.keys[kid]
}

func newKeySet(upstream upstreamCaller, config Config, options Options, fetches *Count) *keySet {
	s := &keySet{upstream: upstream, uri: config.JWKSURI, algorithms: config.algorithms(),
		interval: options.KeyInterval, maxAge: time.Duration(config.KeyMaxAge), now: options.Now, fetches: fetches}
	if s.maxAge == 0 {
		s.maxAge = DefaultKeyMaxAge
	}
	s.flight = newFlight[struct{}, *keyState](new(Count))
	s.state.Store(&keyState{})
	return s
}

// Find returns the key of that kid. The error is an [*InvalidToken] when it isn't
// published, an [*Unavailable] when that can't be known, or the context's.
//
// RFC 8725, section 3.10: kid only selects among keys that were fetched from the
// configured address; jku, x5u and jwk of the token are not looked at. RFC 7515, section
// 4.1.4, makes kid optional: a token without is signed with the only key, where there is
// just one. Among several, trying all would make the weakest of them count.
func (s *keySet) Find(ctx context.Context, kid string) (*jwt.Key, error) {
	now := s.now()
	state, err := s.current(ctx, now)
	if err != nil {
		return nil, err
	}
	if key := state.find(kid); key != nil {
		return key, nil
	}
	if !now.Before(state.next) {
		if state, err = s.renew(ctx, state); err != nil {
			return nil, err
		}
	}
	if key := state.find(kid); key != nil {
		return key, nil
	}
	if state.err != nil {
		return nil, &Unavailable{Operation: "fetch key set", Err: state.err}
	}
	if kid == "" && len(state.keys) > 1 {
		return nil, claims.Refuse(claims.ReasonKeyUnnamed)
	}
	return nil, claims.Refuse(claims.ReasonKeyUnknown)
}

// current returns what is known of the keys now. It fetches old keys again first, or a
// withdrawn key would be trusted for as long as tokens name no other. While the issuer
// can't be reached, old keys stay in use, and only the first caller waits.
func (s *keySet) current(ctx context.Context, now time.Time) (*keyState, error) {
	state := s.state.Load()
	switch {
	case state.keys == nil || now.Before(state.until):
		return state, nil
	case state.err == nil:
		return s.renew(ctx, state)
	case now.Before(state.next):
		return state, nil
	}
	s.flight.start(ctx, struct{}{}, s.refreshing(state))
	return state, nil
}

// ready is current, and fetches the first keys as well.
func (s *keySet) ready(ctx context.Context, now time.Time) (*keyState, error) {
	state, err := s.current(ctx, now)
	if err == nil && state.keys == nil && !now.Before(state.next) {
		state, err = s.renew(ctx, state)
	}
	if err == nil && state.keys == nil {
		err = &Unavailable{Operation: "fetch key set", Err: state.err}
	}
	return state, err
}

// renew returns the state after a fetch, which may be under way already. The error is the
// context's.
func (s *keySet) renew(ctx context.Context, looked *keyState) (*keyState, error) {
	return s.flight.do(ctx, struct{}{}, s.refreshing(looked))
}

func (s *keySet) refreshing(looked *keyState) func(context.Context) (*keyState, error) {
	return func(ctx context.Context) (*keyState, error) { return s.refresh(ctx, looked), nil }
}

// refresh fetches the keys, unless that was done since the caller looked. Good keys stay
// when the fetch fails. The first success starts no interval, so that a key which is new
// since then is found at once.
func (s *keySet) refresh(ctx context.Context, looked *keyState) *keyState {
	if current := s.state.Load(); current != looked {
		return current
	}
	started := s.now()
	found, lifetime, err := s.fetch(ctx)
	state := &keyState{keys: found, version: looked.version, until: started.Add(lifetime)}
	switch {
	case err != nil && looked.keys == nil:
		state = &keyState{err: err, next: started.Add(min(coldRetry, s.interval))}
	case err != nil: // the interval counts from its end: what hangs isn't asked again at once
		state = &keyState{keys: looked.keys, version: looked.version, until: looked.until, err: err, next: s.now().Add(s.interval)}
	case looked.keys != nil:
		state.next = started.Add(s.interval)
	}
	if err == nil && !maps.EqualFunc(found, looked.keys, sameKey) {
		state.version++
	}
	s.state.Store(state)
	return state
}

func sameKey(a, b *jwt.Key) bool {
	public, ok := a.Public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && a.Algorithm == b.Algorithm && public.Equal(b.Public)
}

// fetch returns the published keys, and how long they may be used.
func (s *keySet) fetch(ctx context.Context) (map[string]*jwt.Key, time.Duration, error) {
	r, err := s.upstream.get(ctx, s.uri, http.Header{"Accept": {"application/jwk-set+json, application/json"}}, maxKeySet, s.fetches)
	if err != nil {
		return nil, 0, err
	}
	if r.status != http.StatusOK {
		return nil, 0, fmt.Errorf("the issuer answered with status %d", r.status)
	}
	found, err := jwt.ParseKeySet(r.body, s.algorithms)
	return found, s.lifetime(r.header.Values("Cache-Control")), err
}

// RFC 9111, section 5.2.2: max-age says for how long an answer is fresh, no-store and
// no-cache that it isn't. This can't undo the limit on fetches, nor prolong the trust in
// keys beyond what is declared.
func (s *keySet) lifetime(lines []string) time.Duration {
	lifetime := s.maxAge
	told := field.Directives(lines)
	if seconds, err := strconv.ParseUint(told["max-age"], 10, 31); err == nil {
		lifetime = min(lifetime, time.Duration(seconds)*time.Second)
	}
	for _, name := range []string{"no-store", "no-cache"} {
		if _, is := told[name]; is {
			lifetime = 0
		}
	}
	return min(max(lifetime, s.interval), s.maxAge)
}
