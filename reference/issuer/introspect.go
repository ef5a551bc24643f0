package issuer

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// inactive is the whole answer about any token that isn't active.
//
// RFC 7662, section 2.2: it SHOULD NOT say more, not even why.
var inactive = []byte(`{"active":false}`)

// serveIntrospection is the introspection endpoint (RFC 7662, section 2).
func (i *Issuer) serveIntrospection(w http.ResponseWriter, r *http.Request) {
	caller, tok, p := i.presented(w, r, (*Issuer).authenticateConfidential)
	if p != nil {
		p.write(w)
		return
	}
	media := i.answerMedia(r, caller, true)
	if media == mediaJWT {
		if i.writeJWT(w, r, caller, tok) {
			return
		}
		media = i.answerMedia(r, caller, false)
	}
	c, kind, active, err := i.look(r.Context(), tok)
	if err != nil {
		failure(err).write(w)
		return
	}
	if !active || !caller.mayAsk(&c) {
		i.writeIntrospection(w, media, caller, inactive)
		return
	}
	room := rooms.Get().(*[]byte)
	defer rooms.Put(room)
	*room = i.appendAnswer((*room)[:0], caller, &c, kind)
	answer, err := caller.shown(*room)
	if err != nil {
		unavailable.write(w)
		return
	}
	i.writeIntrospection(w, media, caller, answer)
}

// rooms are for answers, to be used again once they are written.
var rooms = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// answerMedia returns the media type that the caller is answered in. Without a published key
// nothing is signed.
func (i *Issuer) answerMedia(r *http.Request, caller *client, jwt bool) string {
	return preferred(r.Header["Accept"], func(media string) bool {
		return media == mediaJSON || media == mediaSigned && i.states || media == mediaJWT && jwt && caller.gateway()
	})
}

// authenticateConfidential returns the client that sent the request, and proved it.
//
// RFC 7662, section 2.1: the endpoint MUST require authorization, so that tokens
// can't be tried out.
func (i *Issuer) authenticateConfidential(r *http.Request, f form) (*client, *problem) {
	c, p := i.authenticate(r, f)
	if p == nil && c.auth == PublicClient {
		return nil, errAuthentication
	}
	return c, p
}

// find returns the claims of an access token, and whether it is active.
func (i *Issuer) find(ctx context.Context, tok string) (token.Claims, bool, error) {
	c, kind, active, err := i.look(ctx, tok)
	// What can't be read here is no token to use here.
	if errors.Is(err, errNoKey) {
		return token.Claims{}, false, nil
	}
	// What isn't for access must not be taken for it.
	if kind != store.Access {
		return token.Claims{}, false, err
	}
	return c, active, err
}

// look returns the claims of a token, what it is for, and whether it is active: issued
// here, and neither expired nor revoked (RFC 7662, section 4). A refresh token is
// active where the profile has an answer that says what it is: taken for an access
// token it would open resources (section 4).
func (i *Issuer) look(ctx context.Context, tok string) (token.Claims, store.Kind, bool, error) {
	if !token.LooksOpaque(tok) {
		c, active, err := i.lookSelfContained(ctx, tok)
		return c, store.Access, active, err
	}
	kept, ok, err := i.store.Get(ctx, i.opaqueKey(tok))
	if err != nil || !ok {
		return token.Claims{}, "", false, err
	}
	shown := kept.Kind == store.Access ||
		kept.Kind == store.Refresh && !kept.Used && i.owner(&kept.Claims).profile.ShowsRefresh()
	if !shown {
		return token.Claims{}, "", false, nil
	}
	return kept.Claims, kept.Kind, i.valid(&kept.Claims), nil
}

// lookSelfContained is the same for a token that carries its claims. Where it has a
// record, that is what counts.
func (i *Issuer) lookSelfContained(ctx context.Context, tok string) (token.Claims, bool, error) {
	c, ok, err := i.read(ctx, tok)
	if err != nil || !ok || !i.valid(&c) {
		return token.Claims{}, false, err
	}
	owner := i.owner(&c)
	if p := i.hybrid(owner); p.Keep != store.KeepNothing {
		kept, ok, err := i.recorded(ctx, p, hybridValue(owner, c.ID, tok), c)
		return kept, ok && i.valid(&kept), err
	}
	// A record goes with its revocation; a token without one has to be looked up.
	ended, err := i.ended(ctx, &c)
	if err != nil || ended {
		return token.Claims{}, false, err
	}
	return c, true, nil
}

// valid reports whether the claims are of this issuer, and haven't expired. iss is
// compared exactly: a store or a key may be shared with another issuer.
func (i *Issuer) valid(c *token.Claims) bool { return c.Issuer == i.issuer && c.Live(i.now().Unix()) }
