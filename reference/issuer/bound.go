package issuer

import (
	"context"
	"fmt"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Bound is what a client's access tokens must be bound to.
type Bound string

const (
	BoundNot  Bound = ""     // to what the client proves, if it proves something
	BoundMTLS Bound = "mtls" // to its certificate (RFC 8705, section 3)
	BoundDPoP Bound = "dpop" // to the key of a DPoP proof (RFC 9449, section 5)
)

// validateBound knows the ways to bind. RFC 8705, section 4: tokens can be bound to a
// certificate however the client authenticates, or doesn't.
func (c *Client) validateBound() error {
	switch c.Bound {
	case BoundNot, BoundDPoP, BoundMTLS:
		return nil
	}
	return fmt.Errorf("bound %q: neither %s nor %s", string(c.Bound), BoundMTLS, BoundDPoP)
}

// confirm returns what the tokens of a request will be bound to, or nil. It comes before
// the grant is judged, so that a code isn't spent on a request without proof. TLS has
// checked that the client has the certificate's key; any issuer of it will do.
func (i *Issuer) confirm(r *http.Request, c *client) (*token.Confirmation, *problem) {
	key, p := i.proveDPoP(r)
	if p != nil {
		return nil, p
	}
	if c.bound == BoundDPoP && key == "" {
		return nil, errProof
	}
	if key == "" && c.bound != BoundMTLS {
		return nil, nil
	}
	confirmation := &token.Confirmation{Key: key}
	if c.bound == BoundMTLS {
		if confirmation.Certificate = certificateOf(r); confirmation.Certificate == "" {
			return nil, errCertificate
		}
	}
	return confirmation, nil
}

var (
	errCertificate = invalidRequest("the client's tokens are bound to a certificate, and the connection has none")
	errRefresh     = invalidGrant("the refresh token is bound to another key or certificate")
	errCodeKey     = invalidGrant("the code is bound to another key")
)

// provenKey is where a context has what the request has proved.
type provenKey struct{}

// withProof returns the context in which a grant is judged.
func withProof(ctx context.Context, c *token.Confirmation) context.Context {
	if c == nil {
		return ctx
	}
	return context.WithValue(ctx, provenKey{}, c)
}

// mayRefresh enforces RFC 9449, section 5, and RFC 8705, section 4: the refresh token of a
// public client is bound to the key or the certificate that was proved when it was issued.
// Other clients have authenticated.
func mayRefresh(ctx context.Context, c *client, refresh *token.Claims) bool {
	return c.auth != PublicClient || proves(ctx, refresh)
}

// proves reports whether the request has proved all that a code or a refresh token is
// bound to, if anything.
func proves(ctx context.Context, c *token.Claims) bool {
	if c.More == nil || c.More.Confirmation == nil {
		return true
	}
	bound := c.More.Confirmation
	proved, _ := ctx.Value(provenKey{}).(*token.Confirmation)
	if proved == nil {
		proved = &token.Confirmation{}
	}
	return (bound.Key == "" || bound.Key == proved.Key) && (bound.Certificate == "" || bound.Certificate == proved.Certificate)
}

// describeBound says which proofs are understood, and whether certificates are.
func (m *metadata) describeBound(clients map[string]*client) {
	for _, a := range dpop.Algorithms() {
		m.DPoPAlgs = append(m.DPoPAlgs, string(a))
	}
	for _, c := range clients {
		m.BoundCertificate = m.BoundCertificate || c.bound == BoundMTLS
	}
}
