package issuer

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/reference/token"
)

// mayPresent returns nil when the request proves what its token is bound to. A token that
// is bound to nothing goes with the scheme Bearer, one that is bound to a certificate, too.
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
	p, refused := i.checkProof(r, strings.TrimSuffix(i.issuer, "/")+pathUserinfo)
	switch {
	case refused == unavailable:
		return &bearerProblem{status: refused.status}
	case refused != nil:
		if refused == errNonce {
			w.Header().Set("DPoP-Nonce", i.nonces.at(i.now())) // section 9
		}
		return challengeDPoP(refused.code)
	}
	// Section 4.3: the proof is of this token, and by the key that it is bound to.
	sum := sha256.Sum256([]byte(tok))
	if p.claims.Token != base64.RawURLEncoding.EncodeToString(sum[:]) || p.thumbprint != bound.Key {
		return challengeDPoP("invalid_token")
	}
	return nil
}

// challengeDPoP is the challenge of RFC 9449, section 7.1, which SHOULD tell the
// algorithms.
func challengeDPoP(code string) *bearerProblem {
	names := make([]string, len(proofAlgorithms))
	for n, a := range proofAlgorithms {
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
	sum := sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
