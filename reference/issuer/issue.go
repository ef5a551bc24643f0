package issuer

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/dpop"
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
	confirmation, p := i.confirm(r, c)
	if p != nil {
		if p == errNonce {
			w.Header().Set(dpop.NonceHeader, i.nonces.At(i.now()))
		}
		p.write(w)
		return
	}
	g, p := i.judge(withProof(r.Context(), confirmation), c, f)
	if p != nil {
		p.write(w)
		return
	}
	g.confirmation = confirmation
	access, refresh, err := i.mint(r.Context(), &g)
	if err != nil {
		unavailable.write(w)
		return
	}
	i.metrics.issued[c.form].Add(1)
	// RFC 6749, section 5.1. scope is always there, so that a client needs no rule
	// for its absence.
	room := rooms.Get().(*[]byte)
	defer rooms.Put(room)
	b := (*room)[:0]
	b = token.AppendString(append(b, `{"access_token":`...), access)
	b = token.AppendString(append(b, `,"token_type":`...), g.tokenType())
	b = append(b, `,"expires_in":`...)
	b = strconv.AppendInt(b, c.lifetime, 10)
	if refresh != "" {
		b = token.AppendString(append(b, `,"refresh_token":`...), refresh)
	}
	b = token.AppendString(append(b, `,"scope":`...), g.scope)
	b = append(b, '}')
	*room = b
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
	custom, hidden, err := g.customClaims()
	if err != nil {
		return "", "", err
	}
	// Application tokens have nothing to tell of a user.
	var asked []string
	if !claims.Application() {
		asked = userClaims(g.scope, g.named)
	}
	claims.More = g.more(custom, hidden, asked)
	switch kind, _ := g.client.form.Kind(); {
	case kind == token.SelfContained:
		access, _, err = i.sign(ctx, g, claims)
	case g.client.form.Algorithm() != "":
		access, err = i.standIn(ctx, g, claims)
	default:
		access, err = i.keep(ctx, store.Access, g.client.profile.Opaque(g.client.form), g.family, claims)
	}
	if err != nil || g.refreshable == "" {
		return access, "", err
	}
	if claims.ID, err = token.NewID(i.rand); err != nil {
		return "", "", err
	}
	claims.Scope, claims.Expires = g.refreshable, g.refreshUntil
	claims.More = g.more(custom, hidden, g.named)
	refresh, err = i.keep(ctx, store.Refresh, g.client.profile.Opaque(token.OpaqueForm), g.family, claims)
	return access, refresh, err
}

// claims returns what the access token of a grant says.
func (i *Issuer) claims(g *grant) (token.Claims, error) {
	id, err := token.NewID(i.rand)
	if err != nil {
		return token.Claims{}, err
	}
	now := i.now().Unix()
	return token.Claims{
		Issuer:   i.issuer,
		Audience: g.resource,
		Subject:  g.subject,
		ClientID: g.client.id,
		Scope:    g.scope,
		IssuedAt: now,
		Expires:  now + g.client.lifetime,
		ID:       id,
	}, nil
}

// more returns what only some tokens say, nil for those that don't.
func (g *grant) more(custom, hidden json.RawMessage, asked []string) *token.More {
	if g.username == "" && custom == nil && hidden == nil && asked == nil && g.confirmation == nil {
		return nil
	}
	return &token.More{
		Username: g.username, Custom: custom, Hidden: hidden, UserClaims: asked,
		ShowUserClaims: g.client.showUserClaims && asked != nil, Confirmation: g.confirmation,
	}
}

// tokenType returns how the access token is used.
func (g *grant) tokenType() string {
	if g.confirmation != nil && g.confirmation.Key != "" {
		return "DPoP"
	}
	return "Bearer"
}

// keep draws an opaque token and keeps what it stands for.
func (i *Issuer) keep(ctx context.Context, kind store.Kind, form token.Form, family string, claims token.Claims) (string, error) {
	tok, err := form.Draw(i.rand)
	if err != nil {
		return "", err
	}
	return tok, i.record(ctx, i.opaque, tok, tok, store.Record{Kind: kind, Family: family, Claims: claims})
}
