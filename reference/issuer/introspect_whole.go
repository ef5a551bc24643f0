package issuer

import "net/http"

// gateway reports whether a caller may have the JWT that a token stands for, to pass it on
// to its APIs, in place of an answer about it. No specification has this; it is the phantom
// token pattern as Curity's server and the gateways beside it speak it.
//
// A caller that can have tokens itself isn't a gateway: the JWT is kept from clients. It
// tells all, so that it is for those who may see all.
func (c *client) gateway() bool { return c.form == "" && c.seesAll() }

// writeJWT answers such a gateway: 200 with the JWT, or 204 when the token isn't an
// active access token. It returns false, and writes nothing, about an active token that
// has no JWT behind it.
func (i *Issuer) writeJWT(w http.ResponseWriter, r *http.Request, caller *client, tok string) bool {
	jwt, active, err := i.jwtOf(r.Context(), caller, tok)
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
		h["Content-Type"] = []string{mediaJWT}
		_, _ = w.Write([]byte(jwt))
	}
	return true
}
