package issuer

import (
	"context"
	"net/http"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// serveToken is the token endpoint (RFC 6749, section 3.2): who asks, what for, and
// the tokens for it.
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
	g, p := i.judge(r.Context(), c, f)
	if p != nil {
		p.write(w)
		return
	}
	access, refresh, err := i.mint(r.Context(), &g)
	if err != nil {
		unavailable.write(w)
		return
	}
	// RFC 6749, section 5.1. scope is always there, so that a client needs no rule
	// for its absence.
	b := make([]byte, 0, len(access)+len(refresh)+len(g.scope)+128)
	b = token.AppendString(append(b, `{"access_token":`...), access)
	b = append(b, `,"token_type":"Bearer","expires_in":`...)
	b = strconv.AppendInt(b, c.lifetime, 10)
	if refresh != "" {
		b = token.AppendString(append(b, `,"refresh_token":`...), refresh)
	}
	b = token.AppendString(append(b, `,"scope":`...), g.scope)
	b = append(b, '}')
	secretAnswer(w.Header())
	_, _ = w.Write(b)
}

// mint makes the tokens of a grant: an access token of the form that the client is
// registered for, and a refresh token when the grant says so.
func (i *Issuer) mint(ctx context.Context, g *grant) (access, refresh string, err error) {
	claims, err := i.claims(g)
	if err != nil {
		return "", "", err
	}
	if kind, _ := g.client.form.Kind(); kind == token.SelfContained {
		// Without a record, the identifier tells the family.
		signed := claims
		signed.ID = token.FamilyID(g.family, claims.ID)
		if i.lists != nil {
			if err := i.enroll(ctx, g.family, &signed); err != nil {
				return "", "", err
			}
		}
		access, err = i.signer.Sign(g.client.form.Algorithm(), &signed)
	} else {
		access, err = i.keep(ctx, store.Access, g.client.form, g.family, claims)
	}
	if err != nil || g.refreshable == "" {
		return access, "", err
	}
	if claims.ID, err = token.NewID(i.rand); err != nil {
		return "", "", err
	}
	claims.Scope, claims.Expires = g.refreshable, g.refreshUntil
	refresh, err = i.keep(ctx, store.Refresh, token.OpaqueForm, g.family, claims)
	return access, refresh, err
}

// claims returns what the access token of a grant says.
func (i *Issuer) claims(g *grant) (token.Claims, error) {
	id, err := token.NewID(i.rand)
	if err != nil {
		return token.Claims{}, err
	}
	now := i.now().Unix()
	claims := token.Claims{
		Issuer:   i.issuer,
		Audience: g.resource,
		Subject:  g.subject,
		ClientID: g.client.id,
		Scope:    g.scope,
		IssuedAt: now,
		Expires:  now + g.client.lifetime,
		ID:       id,
	}
	if g.username != "" || g.custom != nil {
		claims.More = &token.More{Username: g.username, Custom: g.custom}
	}
	return claims, nil
}

// keep draws an opaque token and keeps what it stands for.
func (i *Issuer) keep(ctx context.Context, kind store.Kind, form token.Form, family string, claims token.Claims) (string, error) {
	tok, err := form.Draw(i.rand)
	if err != nil {
		return "", err
	}
	return tok, i.store.Put(ctx, store.DigestOf(tok), store.Record{Kind: kind, Family: family, Claims: claims})
}
