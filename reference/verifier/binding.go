package verifier

import (
	"net/http"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/dpop"
)

// checkBinding makes the checks of a token that is bound to what its sender has to
// prove, however the strategy learned of it; of one that is bound to both a key and a
// certificate, all of them. The error is an [*InvalidToken], a [dpop.Refusal], or that
// of the memory of proofs.
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

// RFC 9449, section 7.1: what comes with the scheme DPoP is a token that is bound to a
// key; otherwise the proof proves nothing about it.
func checkUnbound(c credentials) error {
	if c.scheme != schemeBearer {
		return claims.Refuse(claims.ReasonBinding)
	}
	return nil
}

// RFC 7800, section 3.1, leaves it to applications what they do with members of cnf
// that they don't understand. Whoever put one there wanted it proved, so it isn't
// passed over; nor is a cnf that names nothing.
func checkUnderstood(bound *claims.Confirmation) error {
	if bound.Unknown || bound.Thumbprint == "" && bound.Certificate == "" {
		return claims.Refuse(claims.ReasonBinding)
	}
	return nil
}

// RFC 8705, section 3: the certificate of the connection is the one that the token is
// bound to, or the answer is 401 with invalid_token. TLS has seen that the client has
// its key; nobody needs to have issued it.
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

// RFC 9449, section 7.2: a server that takes both schemes MUST refuse a token as a
// bearer's when it is bound to a key. One that isn't has no use for a proof.
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
