package verifier

import (
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// Each strategy does what its StalenessBound and its Outage say, against the reference
// issuer: a token that is in use is revoked, or the issuer goes down, and the clock moves.
func TestLocalBounds(t *testing.T) {
	t.Parallel()
	const interval, grace = testListInterval * time.Second, 20 * time.Second
	ttl := time.Duration(DefaultCache().TTL)
	early := ttl - time.Duration(jitterFraction*float64(ttl)) - 1
	for _, test := range []struct {
		name, client string
		stale        time.Duration // after the revocation, the token is still accepted so late
		bound        time.Duration // and no longer so late
		refused      claims.Reason
		up           time.Duration // without the issuer, the token is accepted so late; -1 for never
		down         time.Duration // and no longer so late
		unavailable  bool          // which is no verdict on the token
	}{
		{Local, "ES256", time.Hour - 1, time.Hour, claims.ReasonExpired, time.Hour - 1, time.Hour, false},
		{LocalCached, "ES256", time.Hour - 1, time.Hour, claims.ReasonExpired, time.Hour - 1, time.Hour, false},
		{LocalDenylist, "ES256", interval - 1, interval + grace, claims.ReasonRevoked, interval + grace - 1, interval + grace, true},
		{LocalStatus, "ES256", interval - 1, interval, claims.ReasonRevoked, interval - 1, interval, true},
		{LocalOnlineStatus, "ES256", -1, 0, claims.ReasonRevoked, -1, 0, true},
		{Phantom, "phantom-ES256", early, ttl, claims.ReasonInactive, early, ttl, true},
		{Split, "split-ES256", early, ttl, claims.ReasonInactive, early, ttl, true},
		{Hybrid, "ES256", time.Hour - 1, time.Hour, claims.ReasonExpired, time.Hour - 1, time.Hour, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, revoke := range []bool{true, false} {
				r := newRealIssuer(t)
				s, _ := r.strategy(t, test.name)
				token := r.obtain(t, test.client)
				said, err := s.Judge(t.Context(), token)
				wantReason(t, err, "")
				if said.ClientID != test.client || said.Scope != "read" || said.ID == "" {
					t.Fatalf("the token says %+v", said)
				}
				last, first := test.stale, test.bound
				declared, _ := r.config().Staleness(test.name, false)
				if declared.Stated {
					declared.Bound += interval
				}
				if got := declared.Until(said.IssuedAt, said.ExpiresAt).Add(declared.Grace).Sub(said.IssuedAt); got != test.bound {
					t.Errorf("the bound in numbers is %v, and it holds %v", got, test.bound)
				}
				if revoke {
					r.revoke(t, test.client, token)
				} else {
					r.down.Store(true)
					last, first = test.up, test.down
				}
				if last >= 0 {
					r.clock.advance(last)
					judges(t, s, token, "")
					r.clock.advance(first - last)
				}
				_, err = s.Judge(t.Context(), token)
				switch {
				case revoke:
					wantReason(t, err, test.refused)
				case test.unavailable:
					wantUnavailable(t, err)
				default:
					wantReason(t, err, claims.ReasonExpired)
				}
			}
		})
	}
}

// Back again, the issuer is asked at once, or within what a failure is remembered for.
func TestLocalRecovers(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]string{
		LocalCached: "ES256", LocalDenylist: "ES256", LocalStatus: "ES256", LocalOnlineStatus: "ES256", Phantom: "phantom-ES256", Split: "split-ES256",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRealIssuer(t)
			s, _ := r.strategy(t, name)
			token := r.obtain(t, client)
			r.down.Store(true)
			for range 3 {
				cannotTell(t, s, token)
			}
			r.down.Store(false)
			for range 3 {
				r.clock.advance(coldRetry) // for the keys, for the list, and none is left
				_, _ = s.Judge(t.Context(), token)
			}
			judges(t, s, token, "")
		})
	}
}

// A token of another kind than the strategy's is refused, whatever it is.
func TestLocalOtherTokens(t *testing.T) {
	t.Parallel()
	r := newRealIssuer(t)
	opaque := r.obtain(t, "opaque")
	for _, name := range []string{Local, LocalCached, LocalDenylist, LocalStatus, LocalOnlineStatus, Hybrid, Split} {
		s, _ := r.strategy(t, name)
		judges(t, s, opaque, claims.ReasonMalformed)
	}
	// There is no JWT behind this one, and the issuer answers as RFC 9701 says.
	s, _ := r.strategy(t, Phantom)
	said, err := s.Judge(t.Context(), opaque)
	wantReason(t, err, "")
	if said.ClientID != "opaque" {
		t.Errorf("the token says %+v", said)
	}
}
