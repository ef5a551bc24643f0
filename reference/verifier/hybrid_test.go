package verifier

import (
	"net/http"
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// On a risky route a revocation is seen at once, and an outage lets nobody in.
func TestHybridRisky(t *testing.T) {
	t.Parallel()
	r := newRealIssuer(t)
	s, v := r.strategy(t, Hybrid)
	risky := s.(Judicious)
	token := r.obtain(t, "ES256")
	_, err := risky.JudgeRisky(t.Context(), token)
	wantReason(t, err, "")
	r.revoke(t, "ES256", token)
	_, err = risky.JudgeRisky(t.Context(), token)
	wantReason(t, err, claims.ReasonInactive)
	judges(t, s, token, "")
	r.down.Store(true)
	_, err = risky.JudgeRisky(t.Context(), r.token(t))
	wantUnavailable(t, err)
	// Nobody asks about a token that is refused anyway.
	before := v.Counters().Introspections
	_, err = risky.JudgeRisky(t.Context(), token[:len(token)-6]+"AAAAAA")
	if err == nil || v.Counters().Introspections != before {
		t.Errorf("%v, %d introspections more", err, v.Counters().Introspections-before)
	}
}

// token is one that was made before the issuer went down.
func (r *realIssuer) token(t testing.TB) string {
	t.Helper()
	r.down.Store(false)
	defer r.down.Store(true)
	return r.obtain(t, "ES256")
}

// What the issuer says now counts where it is less than the token says.
func TestHybridRestricts(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	u.answer(200, `{"active":true,"scope":"read","cnf":{"jkt":"k"}}`)
	said, err := strategy(t, v, Hybrid).(Judicious).JudgeRisky(t.Context(), tokenOf(t, c, "ES256"))
	wantReason(t, err, "")
	if said.Scope != "read" || said.Confirmation == nil || said.Confirmation.Thumbprint != "k" || said.Subject != "app" {
		t.Errorf("%+v", said)
	}
}

// The status question is about the token's identifier; an answer about another is none.
func TestOnlineStatusAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]claims.Reason{
		`{"jti":"x","status":"good"}`:                    "",
		`{"jti":"x","status":"revoked"}`:                 claims.ReasonRevoked,
		`{"jti":"x","status":"unknown"}`:                 claims.ReasonStatus,
		`{"jti":"x","status":"Good"}`:                    unknown,
		`{"jti":"x"}`:                                    unknown,
		`{"jti":"y","status":"good"}`:                    unknown,
		`{"status":"good"}`:                              unknown,
		`{"jti":"x","status":"revoked","status":"good"}`: unknown,
		`{"jti":"x","status":true}`:                      unknown,
		``:                                               unknown,
	} {
		u := newUpstream(t)
		v, c := u.verifier(t, func(c *Config) { c.StatusURI = u.url + "/introspect" })
		u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
			if id, secret, ok := r.BasicAuth(); r.FormValue("jti") != "x" || !ok || id == "" || secret == "" {
				t.Errorf("asked with %v", r.Form)
			}
			fixed(200, body)(w, r)
		})
		judges(t, strategy(t, v, LocalOnlineStatus), tokenOf(t, c, "ES256"), want)
	}
}
