package verifier

import (
	"net/http"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// A withdrawn key is trusted until the keys are as old as they may be, with tokens that
// name it all the while.
func TestKeySetWithdrawnKey(t *testing.T) {
	t.Parallel()
	for header, lifetime := range map[string]time.Duration{
		"":                                DefaultKeyMaxAge,
		"public":                          DefaultKeyMaxAge,
		"max-age=x":                       DefaultKeyMaxAge,
		"max-age=99999999":                DefaultKeyMaxAge,
		"public, max-age=60":              time.Minute,
		"Max-Age=\"60\"":                  time.Minute,
		"max-age=60, no-cache":            10 * time.Second, // the limit on fetches
		"no-store":                        10 * time.Second,
		"max-age=0":                       10 * time.Second,
		"max-age=99999999999999999999999": DefaultKeyMaxAge,
	} {
		s, _, u, c := judging(t, Local)
		publish := func(set string) {
			u.onJWKS(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", header)
				fixed(200, set)(w, r)
			})
		}
		publish(testKeys().set(t, "ES256"))
		token := tokenOf(t, c, "ES256")
		judges(t, s, token, "")
		publish(testKeys().set(t, "EdDSA"))
		c.advance(lifetime - 1)
		judges(t, s, token, "")
		c.advance(1)
		judges(t, s, token, claims.ReasonKeyUnknown)
		if n := u.fetched.Load(); n != 2 {
			t.Errorf("%q: %d fetches", header, n)
		}
	}
}

// A maximum below the interval between fetches for unknown kids holds, too.
func TestKeySetShortAge(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t, func(c *Config) { c.KeyMaxAge = Duration(time.Second) })
	s := strategy(t, v, Local)
	u.publish(200, testKeys().set(t, "ES256"))
	token := tokenOf(t, c, "ES256")
	for range 3 {
		judges(t, s, token, "")
		c.advance(time.Second)
	}
	u.publish(200, testKeys().set(t, "EdDSA"))
	judges(t, s, token, claims.ReasonKeyUnknown)
}

// Old keys are fetched once, whoever needs them.
func TestKeySetOldKeysAreFetchedOnce(t *testing.T) {
	t.Parallel()
	s, v, u, c := judging(t, Local)
	set := testKeys().set(t, "ES256")
	u.publish(200, set)
	token := tokenOf(t, c, "ES256")
	judges(t, s, token, "")
	release := make(chan struct{})
	u.onJWKS(func(w http.ResponseWriter, r *http.Request) { <-release; fixed(200, set)(w, r) })
	c.advance(DefaultKeyMaxAge)
	together(t, s, []string{token}, v.published.flight.joined.now, release, func(_ string, err error) { wantReason(t, err, "") })
	u.wantFetched(t, 2)
}

// In an outage the keys stay, and nobody waits for an issuer that has failed once: not
// even when it takes its time to fail again.
func TestKeySetOldKeysInAnOutage(t *testing.T) {
	t.Parallel()
	s, v, u, c := judging(t, Local)
	u.publish(200, testKeys().set(t, "ES256"))
	token := tokenOf(t, c, "ES256")
	judges(t, s, token, "")
	u.publish(503, "")
	c.advance(DefaultKeyMaxAge)
	for range 5 {
		judges(t, s, token, "")
	}
	u.wantFetched(t, 2)
	release := make(chan struct{})
	u.onJWKS(func(w http.ResponseWriter, r *http.Request) { <-release; fixed(200, testKeys().set(t, "EdDSA"))(w, r) })
	c.advance(10 * time.Second)
	for range 5 {
		judges(t, s, token, "")
	}
	close(release)
	await(t.Context(), t, func() bool { return v.published.state.Load().err == nil })
	judges(t, s, token, claims.ReasonKeyUnknown)
	u.wantFetched(t, 3)
}

func TestKeySetVersion(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	for _, step := range []struct {
		algs    []string
		version uint64
	}{{[]string{"ES256"}, 1}, {[]string{"ES256"}, 1}, {[]string{"EdDSA", "ES256"}, 2}, {[]string{"ES256", "EdDSA"}, 2}, {[]string{"EdDSA"}, 3}} {
		u.publish(200, testKeys().set(t, step.algs...))
		c.advance(DefaultKeyMaxAge)
		state, err := v.published.ready(t.Context(), c.now())
		if err != nil || state.version != step.version {
			t.Errorf("%v: %v, version %d, want %d", step.algs, err, state.version, step.version)
		}
	}
}
