package verifier

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

func tokenOf(t testing.TB, c *clock, kid string) string {
	t.Helper()
	return sign(t, testKeys().ec, with(goodHeader("ES256"), "kid", kid), goodClaims(c.now()))
}

func TestKeySetColdStartMakesOneFetch(t *testing.T) {
	t.Parallel()
	s, v, u, c := judging(t, Local)
	release := make(chan struct{})
	set := testKeys().set(t, "ES256")
	u.onJWKS(func(w http.ResponseWriter, r *http.Request) { <-release; fixed(200, set)(w, r) })
	token := tokenOf(t, c, "ES256")
	together(t, s, []string{token}, v.published.flight.joined.now, release, func(_ string, err error) { wantReason(t, err, "") })
	if n := u.fetched.Load(); n != 1 || v.Counters().JWKSFetches != 1 {
		t.Errorf("%d fetches, counted %d", n, v.Counters().JWKSFetches)
	}
}

func TestKeySetUnknownKidFlood(t *testing.T) {
	t.Parallel()
	s, _, u, c := judging(t, Local)
	u.publish(200, testKeys().set(t, "ES256"))
	judges(t, s, tokenOf(t, c, "ES256"), "")

	flood := func() {
		errs := make([]error, 300)
		var group sync.WaitGroup
		for i := range errs {
			token := tokenOf(t, c, fmt.Sprintf("kid-%d", i))
			group.Go(func() { _, errs[i] = s.Judge(t.Context(), token) })
		}
		group.Wait()
		for _, err := range errs {
			wantReason(t, err, claims.ReasonKeyUnknown)
		}
	}
	for _, step := range []struct {
		after   time.Duration
		fetches int64
	}{{0, 2}, {10*time.Second - 1, 2}, {1, 3}, {0, 3}} {
		c.advance(step.after)
		flood()
		u.wantFetched(t, step.fetches)
	}
	judges(t, s, tokenOf(t, c, "ES256"), "")
}

func TestKeySetRotation(t *testing.T) {
	t.Parallel()
	s, _, u, c := judging(t, Local)
	u.publish(200, testKeys().set(t, "ES256"))
	es := tokenOf(t, c, "ES256")
	ed := sign(t, testKeys().ed, goodHeader("EdDSA"), goodClaims(c.now()))
	judges(t, s, es, "")
	// A new key is found at once; the one that is no longer published goes with it.
	u.publish(200, testKeys().set(t, "EdDSA"))
	judges(t, s, ed, "")
	judges(t, s, es, claims.ReasonKeyUnknown)
}

func TestKeySetOutage(t *testing.T) {
	t.Parallel()
	s, _, u, c := judging(t, Local)
	known, unknown := tokenOf(t, c, "ES256"), tokenOf(t, c, "other")
	for _, step := range []struct {
		name    string
		after   time.Duration
		status  int
		token   string
		verdict string
		fetches int64
	}{
		{"cold and down", 0, 500, known, "unavailable", 1},
		{"not asked again at once", 0, 500, known, "unavailable", 1},
		{"still down", coldRetry, 500, known, "unavailable", 2},
		{"up", coldRetry, 200, known, "accepted", 3},
		{"down, known key", 0, 500, known, "accepted", 3},
		{"down, unknown key", 0, 500, unknown, "unavailable", 4},
		{"down, unknown key, again", coldRetry, 500, unknown, "unavailable", 4},
		{"known key after a failed fetch", 0, 500, known, "accepted", 4},
		{"up, unknown key", 10 * time.Second, 200, unknown, "refused", 5},
	} {
		c.advance(step.after)
		body := ""
		if step.status == 200 {
			body = testKeys().set(t, "ES256")
		}
		u.publish(step.status, body)
		_, err := s.Judge(t.Context(), step.token)
		switch step.verdict {
		case "accepted":
			wantReason(t, err, "")
		case "refused":
			wantReason(t, err, claims.ReasonKeyUnknown)
		default:
			wantUnavailable(t, err)
		}
		if n := u.fetched.Load(); n != step.fetches {
			t.Errorf("%s: %d fetches, want %d", step.name, n, step.fetches)
		}
	}
}

func TestKeySetUnusableAnswers(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	set := testKeys().set(t, "ES256")
	for name, handler := range map[string]http.HandlerFunc{
		"status":    fixed(404, set),
		"not JSON":  fixed(200, "keys"),
		"no keys":   fixed(200, "{}"),
		"too long":  fixed(200, `{"x":"`+strings.Repeat("x", maxKeySet)+`",`+set[1:]),
		"redirect":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, u.url+"/elsewhere", 302) },
		"two a kid": fixed(200, strings.Replace(set, `[`, `[`+set[strings.Index(set, "[")+1:strings.LastIndex(set, "]")]+`,`, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			v, c := u.verifier(t)
			u.onJWKS(handler)
			cannotTell(t, strategy(t, v, Local), tokenOf(t, c, "ES256"))
		})
	}
	if n := u.elsewhere.Load(); n != 0 {
		t.Errorf("%d redirects followed", n)
	}
}

// Who looked before another's fetch was done takes what it brought.
func TestKeySetRefreshLooksAgain(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, _ := u.verifier(t)
	keys := v.published
	u.publish(200, testKeys().set(t, "ES256"))
	looked := keys.state.Load()
	fetched := keys.refresh(t.Context(), looked)
	if again := keys.refresh(t.Context(), looked); again != fetched || u.fetched.Load() != 1 {
		t.Errorf("%d fetches", u.fetched.Load())
	}
}
