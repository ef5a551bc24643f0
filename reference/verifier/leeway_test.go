package verifier

import (
	"fmt"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/store"
)

// lenient returns a verifier whose clock may differ by a minute.
func lenient(t *testing.T, u *upstream, options Options) *Verifier {
	t.Helper()
	config := u.config()
	config.Issuer, config.Leeway = u.url, Duration(time.Minute)
	v := newVerifier(t, config, options)
	return v
}

// The leeway is between two clocks, and gives no revoked token its life back: past exp
// an issuer need not know any more what was revoked.
func TestLeewayIsNotForTheRevoked(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	kept := store.NewMemory(c.now, time.Minute)
	t.Cleanup(func() { _ = kept.Close() })
	plain := store.Persistence{Keep: store.KeepClaims, AtRest: store.Plain()}
	v := lenient(t, u, Options{Now: c.now, Table: &Table{Tokens: kept, Opaque: plain, SelfContained: store.Persistence{Keep: store.KeepNothing, AtRest: store.Plain()}}})
	status := statusUpstream{u, c, nil, v}
	token := status.token(t, 0, status.uri())
	for _, step := range []struct {
		advance time.Duration
		want    claims.Reason
	}{{time.Hour - time.Second, ""}, {time.Second, claims.ReasonExpired}} {
		c.advance(step.advance)
		u.onIntrospect(served(sign(t, testKeys().ec, listHeader(), status.claims(t))))
		for _, name := range []string{SharedDB, LocalStatus} {
			t.Run(fmt.Sprint(name, step.advance), func(t *testing.T) {
				judges(t, strategy(t, v, name), token, step.want)
			})
		}
	}
}

// RFC 7662, section 4: an answer isn't used again past its exp, by our clock either.
func TestLeewayIsNotForAnswers(t *testing.T) {
	t.Parallel()
	u, c := newUpstream(t), newClock()
	v := lenient(t, u, Options{Now: c.now})
	u.answer(200, fmt.Sprintf(`{"active":true,"exp":%d}`, c.now().Unix()-10))
	s := strategy(t, v, IntrospectCached)
	for n := range int64(3) {
		judges(t, s, "x", "")
		if asked := u.asked.Load(); asked != n+1 {
			t.Errorf("judged %d times, asked %d times", n+1, asked)
		}
	}
	// What is refused in any case need not be asked about again at once.
	u.answer(200, fmt.Sprintf(`{"active":true,"exp":%d}`, c.now().Unix()-60))
	for range 3 {
		judges(t, s, "y", claims.ReasonExpired)
	}
	if asked := u.asked.Load(); asked != 4 {
		t.Errorf("asked %d times", asked)
	}
}

// A list has the seconds of a date, and a token may have a fraction more.
func TestRevokedToTheLastFraction(t *testing.T) {
	t.Parallel()
	exp := newClock().now().Add(time.Hour)
	s, _, _, c := denylistUpstream(t, SetExact, fixed(200, listOf("a", false, listed("jti", "x", exp))))
	token := sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(c.now()), "exp", float64(exp.Unix())+0.9))
	for _, step := range []struct {
		advance time.Duration
		want    claims.Reason
	}{{time.Hour - time.Second, claims.ReasonRevoked}, {1500 * time.Millisecond, claims.ReasonExpired}} {
		c.advance(step.advance)
		judges(t, s, token, step.want)
	}
}
