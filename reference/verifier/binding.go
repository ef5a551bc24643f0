package verifier

import (
	"net/http"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/dpop"
)

// checkBinding checks that the sender proves what the token is bound to: a key, a
// certificate, or both. The error is an [*InvalidToken], a [dpop.Refusal], or that of
// the memory of proofs.
func (g *Guard) checkBinding(r *http.Request, c credentials, bound *claims.Confirmation) (*dpop.Proof, error) {
	if bound == nil {
		return nil, checkUnbound(c)
	}
	if err := checkUnderstood(bound); err != nil {
		return nil, err
	}
	if err := checkCertificate(r, bound); err != nil {
		return nil, err
	}
	if err := checkScheme(c, bound); err != nil {
		return nil, err
	}
	return g.checkProof(r, c, bound)
}

// RFC 9449, section 7.1: a token that comes with the scheme DPoP is bound to a key. The
// proof would prove nothing about another.
func checkUnbound(c credentials) error {
	if c.scheme != schemeBearer {
		return claims.Refuse(claims.ReasonBinding)
	}
	return nil
}

// RFC 7800, section 3.1, leaves it to applications what they do with members of cnf
// that they don't understand. The issuer wanted them proved, so the token is refused; so
// is one whose cnf names nothing.
func checkUnderstood(bound *claims.Confirmation) error {
	if bound.Unknown || bound.Thumbprint == "" && bound.Certificate == "" {
		return claims.Refuse(claims.ReasonBinding)
	}
	return nil
}

// RFC 8705, section 3: the certificate of the connection is the one that the token is
// bound to, or the answer is 401 with invalid_token. TLS has checked that the client has
// its key. Any issuer will do.
func checkCertificate(r *http.Request, bound *claims.Confirmation) error {
	if bound.Certificate == "" {
		return nil
	}
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 ||
		dpop.CertificateThumbprint(r.TLS.PeerCertificates[0]) != bound.Certificate {
		return claims.Refuse(claims.ReasonBinding)
	}
	return nil
}

// RFC 9449, section 7.2: a server that takes both schemes MUST refuse a token that is
// bound to a key when it comes as a bearer's.
func checkScheme(c credentials, bound *claims.Confirmation) error {
	if (bound.Thumbprint != "") != (c.scheme == schemeDPoP) {
		return claims.Refuse(claims.ReasonBinding)
	}
	return nil
}

// RFC 9449, section 7.1: the proof is checked as section 4.3 has it, for this token.
func (g *Guard) checkProof(r *http.Request, c credentials, bound *claims.Confirmation) (*dpop.Proof, error) {
	if bound.Thumbprint == "" {
		return nil, nil
	}
	if g.Proofs == nil {
		return nil, claims.Refuse(claims.ReasonBinding)
	}
	return g.Proofs.Check(r.Context(), r.Header[dpop.Header], dpop.Request{
		Method: r.Method,
		URL:    g.URL + r.URL.EscapedPath(),
		Access: &dpop.Access{Token: c.token, Thumbprint: bound.Thumbprint},
	})
}
