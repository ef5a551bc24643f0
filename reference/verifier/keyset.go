package verifier

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/verifier/claims"
	"github.com/oauthmark/oauthmark/reference/verifier/jwt"
)

// coldRetry is how long after a failed fetch the next one may follow while there are
// no keys at all and every token waits for them.
const coldRetry = time.Second

// keySet holds the issuer's keys. It fetches them when the first is needed and again
// when one isn't among them, but the latter no more than once in each interval,
// whatever kids the tokens name.
type keySet struct {
	client     *http.Client
	uri        string
	algorithms []keys.Algorithm
	timeout    time.Duration
	interval   time.Duration
	now        func() time.Time
	fetches    *atomic.Int64

	state  atomic.Pointer[keyState]
	flight *flight[struct{}, *keyState]
	joined atomic.Int64
}

// keyState is what is known of the keys; it is replaced, never changed.
type keyState struct {
	keys map[string]*jwt.Key // nil before the first fetch that worked
	next time.Time           // no fetch before
	err  error               // why the latest fetch failed
}

func newKeySet(client *http.Client, uri string, algorithms []keys.Algorithm, options Options, fetches *atomic.Int64) *keySet {
	s := &keySet{client: client, uri: uri, algorithms: algorithms, timeout: options.Timeout, interval: options.KeyInterval, now: options.Now, fetches: fetches}
	s.flight = newFlight[struct{}, *keyState](&s.joined)
	s.state.Store(&keyState{})
	return s
}

// Find returns the key of that kid. The error is an [*InvalidToken] when it isn't
// published, an [*Unavailable] when that can't be known, or the context's.
//
// RFC 8725, section 3.10: kid only selects among keys that were fetched from the
// configured address; jku, x5u and jwk of the token are not looked at.
func (s *keySet) Find(ctx context.Context, kid string) (*jwt.Key, error) {
	state := s.state.Load()
	if key, ok := state.keys[kid]; ok {
		return key, nil
	}
	if !s.now().Before(state.next) {
		seen, err := s.flight.do(ctx, struct{}{}, func(ctx context.Context) (*keyState, error) { return s.refresh(ctx, state), nil })
		if err != nil {
			return nil, err
		}
		state = seen
	}
	if key, ok := state.keys[kid]; ok {
		return key, nil
	}
	if state.err != nil {
		return nil, &Unavailable{Operation: "fetch key set", Err: state.err}
	}
	return nil, claims.Refuse(claims.ReasonKeyUnknown)
}

// refresh fetches the keys, unless that was done since the caller looked. Keys that
// were good stay when the fetch fails. The first fetch that works doesn't start an
// interval: a key that is new since then is found at once.
func (s *keySet) refresh(ctx context.Context, looked *keyState) *keyState {
	if current := s.state.Load(); current != looked {
		return current
	}
	started := s.now()
	found, err := s.fetch(ctx)
	state := &keyState{keys: found}
	switch {
	case err != nil && looked.keys == nil:
		state = &keyState{err: err, next: started.Add(min(coldRetry, s.interval))}
	case err != nil:
		state = &keyState{keys: looked.keys, err: err, next: started.Add(s.interval)}
	case looked.keys != nil:
		state.next = started.Add(s.interval)
	}
	s.state.Store(state)
	return state
}

func (s *keySet) fetch(ctx context.Context) (map[string]*jwt.Key, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.uri, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	s.fetches.Add(1)
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := readBounded(response.Body, maxKeySet)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the issuer answered with status %d", response.StatusCode)
	}
	return jwt.ParseKeySet(body, s.algorithms)
}
