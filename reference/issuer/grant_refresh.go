package issuer

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/store"
)

var errRefreshToken = invalidGrant("the refresh token is not valid")

// judgeRefresh is the grant of RFC 6749, section 6. Each refresh token is good for
// one time and replaced (RFC 9700, section 4.14.2: rotation, which public clients
// need and confidential ones don't mind). One that comes again has been in two
// hands, and nobody can tell whose are the right ones, so all of the authorization
// ends.
func (i *Issuer) judgeRefresh(ctx context.Context, c *client, f form) (grant, *problem) {
	if !f.has("refresh_token") {
		return grant{}, invalidRequest("refresh_token is missing")
	}
	key := i.opaqueKey(f.get("refresh_token"))
	kept, ok, err := i.store.Get(ctx, key)
	if err != nil {
		return grant{}, unavailable
	}
	// Section 6: the token is bound to the client that it was issued to.
	if !ok || kept.Kind != store.Refresh || kept.Claims.Issuer != i.issuer || kept.Claims.ClientID != c.id {
		return grant{}, errRefreshToken
	}
	if !mayRefresh(ctx, c, &kept.Claims) {
		return grant{}, errRefresh
	}
	scope := kept.Claims.Scope
	if asked := f.get("scope"); asked != "" && !kept.Used {
		// Section 6: the scope MUST NOT include any that wasn't originally granted. The
		// new refresh token keeps the original one.
		if scope, ok = narrowScope(scope, asked); !ok {
			return grant{}, errScope
		}
	}
	kept, p := i.useOnce(ctx, c, key, errRefreshToken)
	if p != nil {
		return grant{}, p
	}
	g := grant{
		client: c, subject: kept.Claims.Subject, resource: kept.Claims.Audience, scope: scope, family: kept.Family,
		refreshable: kept.Claims.Scope, refreshUntil: kept.Claims.Expires,
	}
	if more := kept.Claims.More; more != nil {
		g.username, g.custom, g.hidden, g.named = more.Username, more.Custom, more.Hidden, more.UserClaims
	}
	return g, nil
}
