package verifier

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/reference/verifier/claims"
)

type claimsKey struct{}

// ClaimsFrom returns what the request's access token says, within a handler that
// [Protect] guards.
func ClaimsFrom(ctx context.Context) (claims.Claims, bool) {
	c, ok := ctx.Value(claimsKey{}).(claims.Claims)
	return c, ok
}

// Protect lets a request through to next only with a bearer token that the strategy
// accepts. It answers all others itself: 401 without a token or with a bad one, 400
// to a malformed request, 503 while the issuer can't be asked.
func Protect(strategy Strategy, realm string, next http.Handler) http.Handler {
	challenge := "Bearer realm=" + quote(realm)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := bearerToken(r.Header.Values("Authorization"))
		var said claims.Claims
		if err == nil {
			said, err = strategy.Judge(r.Context(), token)
		}
		if err != nil {
			deny(w, challenge, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), claimsKey{}, said)))
	})
}

// deny answers a request that isn't let through.
func deny(w http.ResponseWriter, challenge string, err error) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	var invalid *InvalidToken
	switch {
	// RFC 6750, section 3.1: a request without any authentication information gets a
	// challenge that has no error code.
	case errors.Is(err, errNoCredentials):
		h.Set("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)

	// RFC 6750, section 3.1: invalid_request, with 400, for a request that is
	// malformed or sends a token in more than one way.
	case errors.Is(err, errMalformed):
		h.Set("WWW-Authenticate", challenge+`, error="invalid_request"`)
		w.WriteHeader(http.StatusBadRequest)

	// RFC 6750, section 3.1: invalid_token, with 401, for a token that is expired,
	// revoked, malformed or invalid for other reasons; RFC 9068, section 4 too.
	case errors.As(err, &invalid):
		h.Set("WWW-Authenticate", challenge+`, error="invalid_token", error_description=`+quote(string(invalid.Reason)))
		w.WriteHeader(http.StatusUnauthorized)

	// Nothing is known about the token, so it isn't called invalid: a client would
	// throw a good one away. RFC 9110, section 15.6.4 is for such a time.
	default:
		h.Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// quote makes a quoted-string (RFC 9110, section 5.6.4).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
