package issuer

import (
	"context"
	"net/http"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// serveToken is the token endpoint (RFC 6749, section 3.2) for the grant of client
// credentials (section 4.4).
func (i *Issuer) serveToken(w http.ResponseWriter, r *http.Request) {
	f, p := readForm(w, r)
	if p != nil {
		p.write(w)
		return
	}
	c, p := i.authenticate(r, f)
	if p != nil {
		p.write(w)
		return
	}
	scope, p := i.judge(c, f)
	if p != nil {
		p.write(w)
		return
	}
	tok, err := i.issue(r.Context(), c, scope)
	if err != nil {
		unavailable.write(w)
		return
	}
	// RFC 6749, section 5.1. scope is always there, so that a client needs no rule
	// for its absence; a refresh token SHOULD NOT be (section 4.4.3).
	b := make([]byte, 0, len(tok)+len(scope)+96)
	b = token.AppendString(append(b, `{"access_token":`...), tok)
	b = append(b, `,"token_type":"Bearer","expires_in":`...)
	b = strconv.AppendInt(b, c.lifetime, 10)
	b = token.AppendString(append(b, `,"scope":`...), scope)
	b = append(b, '}')
	secretAnswer(w.Header())
	_, _ = w.Write(b)
}

// judge decides whether the client may have what it asks for, and which scope that
// is (RFC 6749, section 5.2, each error in its own situation).
func (i *Issuer) judge(c *client, f form) (scope string, p *problem) {
	switch f.get("grant_type") {
	case "client_credentials":
	case "":
		return "", invalidRequest("grant_type is missing")
	default:
		return "", &problem{http.StatusBadRequest, "unsupported_grant_type", "the only grant_type is client_credentials"}
	}
	if c.form == "" {
		return "", &problem{http.StatusBadRequest, "unauthorized_client", "the client may only introspect"}
	}
	// RFC 8707, section 2: a resource that the server doesn't issue for is an
	// invalid_target. Identifiers are compared as strings.
	for _, parameter := range f {
		if parameter.name == "resource" && parameter.value != i.resource {
			return "", &problem{http.StatusBadRequest, "invalid_target", "the resource is not known"}
		}
	}
	scope, ok := c.grantScope(f.get("scope"))
	if !ok {
		return "", &problem{http.StatusBadRequest, "invalid_scope", "the scope is malformed, or more than the client is registered for"}
	}
	return scope, nil
}

// issue makes a token of the form that the client is registered for.
func (i *Issuer) issue(ctx context.Context, c *client, scope string) (string, error) {
	id, err := token.NewID(i.rand)
	if err != nil {
		return "", err
	}
	now := i.now().Unix()
	claims := token.Claims{
		Issuer:   i.issuer,
		Audience: i.resource,
		// RFC 9068, section 2.2: without a resource owner, sub SHOULD identify the client.
		Subject:  c.id,
		ClientID: c.id,
		Scope:    scope,
		IssuedAt: now,
		Expires:  now + c.lifetime,
		ID:       id,
	}
	if kind, _ := c.form.Kind(); kind == token.SelfContained {
		return i.signer.Sign(c.form.Algorithm(), &claims)
	}
	tok, err := c.form.Draw(i.rand)
	if err != nil {
		return "", err
	}
	return tok, i.store.Put(ctx, store.DigestOf(tok), store.Record{Claims: claims, Kind: store.Access})
}
