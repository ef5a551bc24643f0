package issuer

import (
	"net/http"
)

// typeJWT is the media type of a JWT (RFC 7519, section 10.3.1).
const typeJWT = "application/jwt"

// asksForJWT reports whether a gateway wants the JWT that a token stands for, to pass it
// on to its APIs, and no answer about it. No specification has this; it is the phantom
// token pattern as Curity's server and the gateways beside it speak it.
//
// Nothing changes for who names JSON, or RFC 9701's answer, and doesn't like it less. A
// caller that can have tokens itself isn't a gateway: the JWT is kept from clients.
func asksForJWT(r *http.Request, caller *client) bool {
	lines := r.Header["Accept"]
	if len(lines) == 0 || caller.form != "" {
		return false
	}
	likes := weight(lines, typeJWT)
	return likes > 0 && likes > weight(lines, "application/json") && likes > weight(lines, "application/"+typeIntrospection)
}

// writeJWT answers such a gateway: 200 with the JWT, or 204 when the token isn't an
// active access token. It returns false, and writes nothing, about an active token that
// has no JWT behind it.
func (i *Issuer) writeJWT(w http.ResponseWriter, r *http.Request, tok string) bool {
	jwt, active, err := i.jwtOf(r.Context(), tok)
	h := w.Header()
	switch {
	case err != nil:
		failure(err).write(w)
	case !active:
		i.metrics.inactive.Add(1)
		h["Cache-Control"], h["Pragma"] = noStore, noCache
		w.WriteHeader(http.StatusNoContent)
	case jwt == "":
		return false
	default:
		i.metrics.active.Add(1)
		secretAnswer(h)
		h["Content-Type"] = []string{typeJWT}
		_, _ = w.Write([]byte(jwt))
	}
	return true
}
