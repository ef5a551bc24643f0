package issuer

import (
	"context"
	"fmt"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// errNotIssuedTo refuses a token of another client, in the words that RFC 6749,
// section 5.2, has for that.
var errNotIssuedTo = invalidGrant("the token was issued to another client")

// serveRevocation is the revocation endpoint (RFC 7009, section 2).
func (i *Issuer) serveRevocation(w http.ResponseWriter, r *http.Request) {
	// RFC 7009, section 2.1: first the client's credentials are validated. A public
	// client, which has none, may give back what it got.
	c, tok, p := i.presented(w, r, (*Issuer).authenticate)
	if p != nil {
		p.write(w)
		return
	}
	if p := i.revoke(r.Context(), c, tok); p != nil {
		p.write(w)
		return
	}
	// RFC 7009, section 2.2: 200 says all, and the content is ignored. By now the
	// revocation is as durable as the store.
	h := w.Header()
	h["Cache-Control"], h["Pragma"] = noStore, noCache
	w.WriteHeader(http.StatusOK)
}

// revoke ends a token of the client.
func (i *Issuer) revoke(ctx context.Context, c *client, tok string) *problem {
	kind, claims, family, ok, err := i.revocable(ctx, tok)
	switch {
	case err != nil:
		return failure(err)
	case !ok:
		// RFC 7009, section 2.2: an invalid token is no error; what the client wants has
		// been reached.
		return nil
	case claims.ClientID != c.id:
		// Section 2.1: a token that was issued to another client isn't revoked, and the
		// request is refused.
		return errNotIssuedTo
	}
	if kind == store.Refresh {
		// Section 2.1: with a refresh token, the access tokens of its grant SHOULD go.
		err = i.endFamily(ctx, c, family)
	} else {
		err = i.endToken(ctx, claims)
	}
	if err != nil {
		return unavailable
	}
	return nil
}

// revocable returns what a token stands for, and false when there is nothing to
// revoke: unknown, expired, made elsewhere, or not a token (a code isn't one).
func (i *Issuer) revocable(ctx context.Context, tok string) (store.Kind, token.Claims, string, bool, error) {
	if !token.LooksOpaque(tok) {
		c, ok, err := i.read(ctx, tok)
		ok = ok && c.Issuer == i.issuer && c.ID != "" && c.Live(i.now().Unix())
		return store.Access, c, c.Family(), ok, err
	}
	kept, ok, err := i.store.Get(ctx, i.opaqueKey(tok))
	if err != nil || !ok || kept.Claims.Issuer != i.issuer || (kept.Kind != store.Access && kept.Kind != store.Refresh) {
		return "", token.Claims{}, "", false, err
	}
	return kept.Kind, kept.Claims, kept.Family, true, nil
}

// endToken lists one token's identifier for as long as the token would have lived.
func (i *Issuer) endToken(ctx context.Context, c token.Claims) error {
	if err := i.list(ctx, store.TokenSubject(c.ID), c.Expires); err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

// list is the one way onto the list of revocations: those who listen hear of it.
func (i *Issuer) list(ctx context.Context, s store.Subject, until int64) error {
	if err := i.store.Revoke(ctx, s, until); err != nil {
		return err
	}
	i.metrics.revocations.Add(1)
	i.streams.ring()
	return nil
}

// ended reports whether a token without a record, or its family, was revoked.
func (i *Issuer) ended(ctx context.Context, c *token.Claims) (bool, error) {
	subjects := make([]store.Subject, 0, 2)
	if c.ID != "" {
		subjects = append(subjects, store.TokenSubject(c.ID))
	}
	if family := c.Family(); family != "" {
		subjects = append(subjects, store.FamilySubject(family))
	}
	if len(subjects) == 0 {
		return false, nil
	}
	ended, err := i.store.Revoked(ctx, subjects...)
	if err != nil {
		return false, fmt.Errorf("look up revocation: %w", err)
	}
	return ended, nil
}
