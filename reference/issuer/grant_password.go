package issuer

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/token"
)

// judgePassword is the grant of RFC 6749, section 4.3. RFC 9700, section 2.4: it
// MUST NOT be used; no client has it unless the configuration says so.
func (i *Issuer) judgePassword(_ context.Context, c *client, f form) (grant, *problem) {
	if !f.has("username") || !f.has("password") {
		return grant{}, invalidRequest("username or password is missing")
	}
	u, ok := i.login(f.get("username"), f.get("password"))
	if !ok {
		return grant{}, invalidGrant("the resource owner's credentials are not valid")
	}
	scope, ok := c.grantScope(f.get("scope"))
	if !ok {
		return grant{}, errScope
	}
	family, err := token.NewID(i.rand)
	if err != nil {
		return grant{}, unavailable
	}
	g := grant{client: c, subject: u.subject, username: u.name, resource: c.audience(f), scope: scope, family: family}
	i.refreshes(&g)
	return g, nil
}
