package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/token"
)

// Bound is what a client's access tokens must be bound to.
type Bound string

const (
	BoundNot  Bound = ""     // to what the client proves, if it proves something
	BoundMTLS Bound = "mtls" // to its certificate (RFC 8705, section 3)
	BoundDPoP Bound = "dpop" // to the key of a DPoP proof (RFC 9449, section 5)
)

// validateBound wants a certificate where tokens are bound to it.
func (c *Client) validateBound() error {
	switch c.Bound {
	case BoundNot, BoundDPoP:
		return nil
	case BoundMTLS:
		if m := c.method(); m != TLSClientAuth && m != SelfSignedTLSClientAuth {
			return fmt.Errorf("bound mtls: not for auth %s", m)
		}
		return nil
	}
	return fmt.Errorf("bound %q: neither %s nor %s", string(c.Bound), BoundMTLS, BoundDPoP)
}

// confirm returns what the tokens of a request are to be bound to, nil for nothing. It
// comes before the grant is judged: a code isn't spent on a request without proof.
func (i *Issuer) confirm(r *http.Request, c *client) (*token.Confirmation, *problem) {
	key, p := i.proveDPoP(r)
	if p != nil {
		return nil, p
	}
	if c.bound == BoundDPoP && key == "" {
		return nil, errProof
	}
	certified := c.bound == BoundMTLS && r.TLS != nil && len(r.TLS.PeerCertificates) > 0
	if key == "" && !certified {
		return nil, nil
	}
	confirmation := &token.Confirmation{Key: key}
	if certified {
		// RFC 8705, section 3.1: the SHA-256 of the DER form.
		sum := sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
		confirmation.Certificate = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return confirmation, nil
}

// provenKey is where a context has the thumbprint of the key that was proved.
type provenKey struct{}

// withProof returns the context in which a grant is judged.
func withProof(ctx context.Context, c *token.Confirmation) context.Context {
	if c == nil || c.Key == "" {
		return ctx
	}
	return context.WithValue(ctx, provenKey{}, c.Key)
}

// mayRefresh enforces RFC 9449, section 5: the refresh token of a public client is bound
// to the key that was proved when it was issued. That of any other client is bound to
// the client, which has authenticated.
func mayRefresh(ctx context.Context, c *client, refresh *token.Claims) bool {
	return c.auth != PublicClient || provesKey(ctx, refresh)
}

// provesKey reports whether the request has proved the key that a code or a refresh
// token is bound to; one that isn't needs no proof.
func provesKey(ctx context.Context, c *token.Claims) bool {
	if c.TokenType() != "DPoP" {
		return true
	}
	key, _ := ctx.Value(provenKey{}).(string)
	return key == c.More.Confirmation.Key
}

// describeBound says which proofs are understood, and whether certificates are.
func (m *metadata) describeBound(clients map[string]*client) {
	for _, a := range proofAlgorithms {
		m.DPoPAlgs = append(m.DPoPAlgs, string(a))
	}
	for _, c := range clients {
		m.BoundCertificate = m.BoundCertificate || c.bound == BoundMTLS
	}
}
