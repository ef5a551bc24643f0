package issuer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// standIn makes a JWT, keeps it, and returns the token that stands for it: a random one, or
// the JWT's signature. Both have the same identifier and family, and end together.
func (i *Issuer) standIn(ctx context.Context, g *grant, claims token.Claims) (string, error) {
	jwt, claims, err := i.sign(ctx, g, claims)
	if err != nil {
		return "", err
	}
	r := store.Record{Kind: store.Access, Family: g.family, Claims: claims}
	if g.client.form.Split() {
		return i.keepSplit(ctx, jwt, r)
	}
	handle, err := g.client.profile.Opaque(token.OpaqueForm).Draw(i.rand)
	if err != nil {
		return "", err
	}
	p := i.opaque
	p.Keep = store.KeepToken
	return handle, i.record(ctx, p, handle, jwt, r)
}

// keepSplit keeps a JWT without its signature, which it returns. The rest is of no use
// alone, so that it is kept readable where tokens are hashed.
func (i *Issuer) keepSplit(ctx context.Context, jwt string, r store.Record) (string, error) {
	signature, rest, err := token.Split(jwt)
	if err != nil {
		return "", fmt.Errorf("split token: %w", err)
	}
	k := i.opaqueKey(signature)
	if r.Token, err = i.opaque.AtRest.Seal(k, rest); err != nil {
		return "", fmt.Errorf("split token: %w", err)
	}
	if r.Token == nil {
		r.Token = []byte(rest)
	}
	return signature, i.store.Put(ctx, k, r)
}

// jwtOf returns the JWT that an access token is or stands for, "" if there is none, and
// whether the token is active.
func (i *Issuer) jwtOf(ctx context.Context, caller *client, tok string) (jwt string, active bool, err error) {
	if !token.LooksOpaque(tok) {
		c, active, err := i.lookSelfContained(ctx, tok)
		return tok, active && caller.mayAsk(&c), err
	}
	k := i.opaqueKey(tok)
	kept, ok, err := i.store.Get(ctx, k)
	if err != nil || !ok || kept.Kind != store.Access || !i.valid(&kept.Claims) || !caller.mayAsk(&kept.Claims) {
		return "", false, err
	}
	if len(kept.Token) == 0 {
		return "", true, nil
	}
	text, err := i.opaque.AtRest.Open(k, kept.Token)
	switch {
	case errors.Is(err, store.ErrNoCopy): // hashed: it wasn't sealed
		text = string(kept.Token)
	case err != nil:
		return "", false, fmt.Errorf("open token: %w", err)
	}
	// What is kept shows what it is, whatever the client is registered for now. A copy of
	// an opaque token has no dot.
	switch dots := strings.Count(text, "."); {
	case token.LooksSplit(tok) && dots == 1:
		return token.Join(tok, text), true, nil
	case dots == 2:
		return text, true, nil
	}
	return "", true, nil
}
