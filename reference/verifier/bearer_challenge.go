package verifier

import (
	"errors"
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/reference/dpop"
)

// errScope is for a good token without the scope of the route.
var errScope = errors.New("insufficient scope")

// challenges are those of a route, each the beginning of a WWW-Authenticate value.
type challenges struct {
	bearer, dpop string // dpop is empty where that scheme isn't taken
	scope        string // what the route demands
	plain        []string
}

// RFC 9110, section 11.6.1: a 401 names all schemes that would do, each in a field of
// its own, since many parsers can't take lists of challenges apart.
//
// RFC 9728, section 5.1: resource_metadata tells where to learn more. RFC 9449, section
// 7.1: algs tells the algorithms of proofs.
func (route Route) challenges(g *Guard) challenges {
	common := "realm=" + quote(g.Realm)
	if g.Metadata != "" {
		common += ", resource_metadata=" + quote(g.Metadata)
	}
	c := challenges{bearer: schemeBearer + " " + common, scope: strings.Join(route.Scopes, " ")}
	c.plain = []string{c.bearer}
	if g.Proofs != nil {
		var names []string
		for _, a := range dpop.Algorithms() {
			names = append(names, string(a))
		}
		c.dpop = schemeDPoP + " " + common + `, algs="` + strings.Join(names, " ") + `"`
		c.plain = append(c.plain, c.dpop)
	}
	return c
}

// with adds an error code and more parameters to the challenges, that of the scheme which
// was used first. RFC 6750, section 3: each parameter is there once.
func (c challenges) with(scheme, code, more string) []string {
	if scheme == schemeDPoP && c.dpop != "" {
		return []string{c.dpop + `, error="` + code + `"` + more, c.bearer}
	}
	values := []string{c.bearer + `, error="` + code + `"` + more}
	if c.dpop != "" {
		values = append(values, c.dpop)
	}
	return values
}

// deny answers a request that isn't let through.
func (c challenges) deny(w http.ResponseWriter, scheme string, err error) {
	h := w.Header()
	h["Cache-Control"] = noStore
	var invalid *InvalidToken
	var proof dpop.Refusal
	var unavailable *Unavailable
	switch {
	// RFC 6750, section 3.1: a request without any authentication information gets
	// challenges that have no error code.
	case errors.Is(err, errNoCredentials):
		h["Www-Authenticate"] = c.plain
		w.WriteHeader(http.StatusUnauthorized)

	// RFC 6750, section 3.1: invalid_request, with 400, for a request that is
	// malformed or sends a token in more than one way.
	case errors.Is(err, errMalformed):
		h["Www-Authenticate"] = c.with(scheme, "invalid_request", "")
		w.WriteHeader(http.StatusBadRequest)

	// RFC 6750, section 3.1: invalid_token, with 401, for a token that is expired,
	// revoked, malformed or invalid for other reasons; RFC 9068, section 4 too.
	case errors.As(err, &invalid):
		h["Www-Authenticate"] = c.with(scheme, "invalid_token", describe(string(invalid.Reason)))
		Denial{"invalid_token", string(invalid.Reason)}.write(w, http.StatusUnauthorized)

	// RFC 9449, section 7.1: what is wrong with a proof is told with 401, too.
	case errors.As(err, &proof):
		h["Www-Authenticate"] = c.with(scheme, proofCode(proof), describe(string(proof)))
		w.WriteHeader(http.StatusUnauthorized)

	// RFC 6750, section 3.1: insufficient_scope, with 403, and the scope that it takes.
	case errors.Is(err, errScope):
		h["Www-Authenticate"] = c.with(scheme, InsufficientScope, `, scope="`+c.scope+`"`)
		Denial{InsufficientScope, "the route asks for more scope than the token has"}.write(w, http.StatusForbidden)

	// Nothing is known about the token, so it isn't called invalid: a client would throw
	// a good one away. RFC 9110, section 15.6.4, has 503 for this.
	case errors.As(err, &unavailable):
		h.Set("Retry-After", "1")
		Denial{temporarily, unavailable.Error()}.write(w, http.StatusServiceUnavailable)
	default:
		h.Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// proofCode is the error code of a proof that was refused. RFC 9449, section 9, has one
// for a nonce; section 7.1 has invalid_token where the proof isn't of the token's key.
func proofCode(r dpop.Refusal) string {
	switch r {
	case dpop.ErrNonce:
		return "use_dpop_nonce"
	case dpop.ErrToken, dpop.ErrBinding:
		return "invalid_token"
	}
	return "invalid_dpop_proof"
}

// RFC 6750, section 3: error_description has printable ASCII without " and \, not even
// escaped ones. Another program's strategy may give reasons with others.
func describe(reason string) string {
	return `, error_description="` + strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '.'
		}
		return r
	}, reason) + `"`
}

// quote makes a quoted-string (RFC 9110, section 5.6.4).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
