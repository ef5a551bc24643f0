package issuer

import "context"

// judgeClientCredentials is the grant of RFC 6749, section 4.4. No refresh token
// goes with it (section 4.4.3), and it is nobody's family.
func (i *Issuer) judgeClientCredentials(_ context.Context, c *client, f form) (grant, *problem) {
	scope, ok := c.grantScope(f.get("scope"))
	if !ok {
		return grant{}, errScope
	}
	// RFC 9068, section 2.2: without a resource owner, sub SHOULD identify the client.
	return grant{client: c, subject: c.id, resource: c.audience(f), scope: scope}, nil
}
