package issuer

import (
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/token"
)

// mayPresent returns nil when the request proves what its token is bound to. A token that
// isn't bound, or is bound to a certificate, comes with the scheme Bearer.
func (i *Issuer) mayPresent(w http.ResponseWriter, r *http.Request, scheme, tok string, c *token.Claims) *bearerProblem {
	bound := token.Confirmation{}
	if c.More != nil && c.More.Confirmation != nil {
		bound = *c.More.Confirmation
	}
	// RFC 8705, section 3: another certificate is answered with 401 and invalid_token.
	if bound.Certificate != "" && bound.Certificate != certificateOf(r) {
		return errInvalidToken
	}
	// RFC 9449, section 7.2: a token that is bound to a key MUST be refused as a bearer's.
	if (bound.Key != "") != (scheme == schemeDPoP) {
		return errInvalidToken
	}
	if bound.Key == "" {
		return nil
	}
	_, refused := i.checkProof(r, strings.TrimSuffix(i.issuer, "/")+pathUserinfo, &dpop.Access{Token: tok, Thumbprint: bound.Key})
	switch {
	case refused == unavailable:
		return &bearerProblem{status: refused.status}
	case refused != nil:
		if refused == errNonce {
			w.Header().Set(dpop.NonceHeader, i.nonces.At(i.now())) // section 9
		}
		return challengeDPoP(refused.code)
	}
	return nil
}

// challengeDPoP is the challenge of RFC 9449, section 7.1, which SHOULD tell the
// algorithms.
func challengeDPoP(code string) *bearerProblem {
	algorithms := dpop.Algorithms()
	names := make([]string, len(algorithms))
	for n, a := range algorithms {
		names[n] = string(a)
	}
	return &bearerProblem{http.StatusUnauthorized, `error="` + code + `", algs="` + strings.Join(names, " ") + `"`, schemeDPoP}
}

// certificateOf returns the thumbprint of the certificate that the connection shows, the
// SHA-256 of its DER form (RFC 8705, section 3.1), and "" for none.
func certificateOf(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	return dpop.CertificateThumbprint(r.TLS.PeerCertificates[0])
}
