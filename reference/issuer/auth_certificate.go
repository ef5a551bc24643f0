package issuer

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"slices"
)

// Certificate says by which X.509 certificate a client is known (RFC 8705, section
// 2). Exactly one member is set: SHA256 for self_signed_tls_client_auth, one of the
// others for tls_client_auth.
type Certificate struct {
	SHA256  string `json:"sha256,omitzero"`  // thumbprint of the DER form, base64url without padding
	Subject string `json:"subject,omitzero"` // distinguished name, as RFC 4514 writes it
	DNS     string `json:"dns,omitzero"`     // a dNSName of the subject alternative names
}

// proves reports whether the connection shows the certificate. TLS has checked that
// the client has its private key.
func (c Certificate) proves(by AuthMethod, state *tls.ConnectionState) bool {
	if state == nil || len(state.PeerCertificates) == 0 {
		return false
	}
	leaf := state.PeerCertificates[0]
	if by == SelfSignedTLSClientAuth {
		// RFC 8705, section 2.2: the chain isn't validated, the certificate is.
		sum := sha256.Sum256(leaf.Raw)
		got := base64.RawURLEncoding.EncodeToString(sum[:])
		return c.SHA256 != "" && subtle.ConstantTimeCompare([]byte(got), []byte(c.SHA256)) == 1
	}
	// RFC 8705, section 2.1: the chain is validated, and the subject is the one that
	// the client is registered with.
	if len(state.VerifiedChains) == 0 {
		return false
	}
	if c.Subject != "" {
		return leaf.Subject.String() == c.Subject
	}
	return c.DNS != "" && slices.Contains(leaf.DNSNames, c.DNS)
}
