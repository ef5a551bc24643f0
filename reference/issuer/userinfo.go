package issuer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// serveUserinfo is the UserInfo endpoint (OpenID Connect Core 1.0, section 5.3): sub,
// and of the user's claims those that the token's scope or its request stands for.
func (i *Issuer) serveUserinfo(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "the method must be GET or POST", http.StatusMethodNotAllowed)
		return
	}
	scheme, tok, p := presentedToken(r)
	if p != nil {
		p.write(w)
		return
	}
	c, active, err := i.find(r.Context(), tok)
	switch {
	case err != nil:
		unavailable.write(w)
		return
	// One of an application speaks for no user.
	case !active || c.Application():
		errInvalidToken.write(w)
		return
	}
	switch p := i.mayPresent(w, r, scheme, tok, &c); {
	case p != nil:
		p.write(w)
		return
	case !slices.Contains(strings.Split(c.Scope, " "), scopeOpenID):
		errInsufficientScope.write(w)
		return
	}
	answer := map[string]json.RawMessage{}
	if u, known := i.subjects[c.Subject]; known {
		for _, name := range claimsOfUser(&c) {
			// Section 5.3.2: a claim without a value is left out.
			if value, ok := u.claims[name]; ok {
				answer[name] = value
			}
		}
	}
	sub, err := json.Marshal(c.Subject)
	if err != nil { // a string always has a JSON form
		panic(fmt.Errorf("encode sub: %w", err))
	}
	answer["sub"] = sub // section 5.3.2: always there, and never another user's
	body, err := json.Marshal(answer)
	if err != nil {
		unavailable.write(w)
		return
	}
	secretAnswer(w.Header())
	_, _ = w.Write(body)
}

// bearerProblem is an error of a resource that is protected by bearer tokens.
type bearerProblem struct {
	status    int
	challenge string // the parameters of WWW-Authenticate
	scheme    string // its scheme; Bearer when empty
}

// RFC 6750, section 3.1. A request that tries nothing isn't told an error code.
var (
	errNoToken           = &bearerProblem{status: http.StatusUnauthorized, challenge: `realm="oauthmark"`}
	errBearerRequest     = &bearerProblem{status: http.StatusBadRequest, challenge: `realm="oauthmark", error="invalid_request"`}
	errInvalidToken      = &bearerProblem{status: http.StatusUnauthorized, challenge: `realm="oauthmark", error="invalid_token"`}
	errInsufficientScope = &bearerProblem{status: http.StatusForbidden, challenge: `realm="oauthmark", error="insufficient_scope", scope="openid"`}
)

func (p *bearerProblem) write(w http.ResponseWriter) {
	h := w.Header()
	h["Cache-Control"], h["Pragma"] = noStore, noCache
	if p.status == http.StatusServiceUnavailable {
		unavailable.write(w)
		return
	}
	h.Set("WWW-Authenticate", cmp.Or(p.scheme, schemeBearer)+" "+p.challenge)
	w.WriteHeader(p.status)
}

// The schemes that a token comes with (RFC 6750, section 2.1; RFC 9449, section 7.1).
const (
	schemeBearer = "Bearer"
	schemeDPoP   = "DPoP"
)

// presentedToken returns the scheme and the token of the Authorization header, the one
// method that RFC 6750, section 2.1, wants of every resource server.
func presentedToken(r *http.Request) (scheme, tok string, p *bearerProblem) {
	lines := r.Header["Authorization"]
	if len(lines) == 0 {
		return "", "", errNoToken
	}
	given, tok, _ := strings.Cut(lines[0], " ")
	if len(lines) > 1 {
		return "", "", errBearerRequest
	}
	for _, scheme := range []string{schemeBearer, schemeDPoP} {
		if !strings.EqualFold(given, scheme) {
			continue
		}
		if tok = strings.TrimLeft(tok, " "); !visible(tok) {
			return "", "", errBearerRequest
		}
		return scheme, tok, nil
	}
	return "", "", errNoToken
}
