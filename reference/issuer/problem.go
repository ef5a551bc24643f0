package issuer

import (
	"encoding/json"
	"net/http"
)

// problem is an error answer (RFC 6749, section 5.2). Its texts are fixed: an
// answer never repeats what was sent.
type problem struct {
	status      int
	code        string // the error member
	description string // the error_description member
}

func invalidRequest(description string) *problem {
	return &problem{http.StatusBadRequest, "invalid_request", description}
}

// invalidClient is for failed client authentication.
//
// RFC 6749, section 5.2: when the client used the Authorization header, the answer
// MUST be 401 with a WWW-Authenticate of the scheme that the client used. Basic is
// the only scheme there is, and RFC 9110, section 15.5.2, asks for a challenge in
// any 401, so each one has it.
func invalidClient(description string) *problem {
	return &problem{http.StatusUnauthorized, "invalid_client", description}
}

// unavailable is for a store or a source of randomness that fails.
var unavailable = &problem{http.StatusServiceUnavailable, "temporarily_unavailable", "the server can't answer at the moment"}

// retryAfter is in seconds, the least that there is: a store is back soon, or not.
const retryAfter = "1"

func (p *problem) write(w http.ResponseWriter) {
	h := w.Header()
	secretAnswer(h)
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="oauthmark", charset="UTF-8"`)
	}
	if p.status == http.StatusServiceUnavailable {
		// RFC 7009, section 2.2.1: the client takes it that the token still exists, and
		// is told when to ask again.
		h.Set("Retry-After", retryAfter)
	}
	body, err := json.Marshal(struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{p.code, p.description})
	if err != nil { // two strings always have a JSON form
		panic(err)
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(body)
}

// Shared values of headers, which nothing changes.
var (
	typeJSON = []string{"application/json"}
	noStore  = []string{"no-store"}
	noCache  = []string{"no-cache"}
)

// secretAnswer sets the headers of every answer that is for one client only.
//
// RFC 6749, section 5.1: a response with tokens or credentials MUST have
// Cache-Control: no-store and Pragma: no-cache.
func secretAnswer(h http.Header) {
	h["Content-Type"] = typeJSON
	h["Cache-Control"] = noStore
	h["Pragma"] = noCache
}
