package issuer

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/token"
)

// assertionGrantType is what the header's typ may be, besides nothing and JWT.
const assertionGrantType = "authorization-grant+jwt"

// maxCustom bounds what is carried over into each token, in bytes.
const maxCustom = 4 << 10

var errAssertionGrant = invalidGrant("the assertion is not valid")

// judgeAssertion is the grant of RFC 7523, section 2.1: somebody who is trusted says
// for whom. RFC 7521, section 4.1: no refresh token, for the client can come with
// another assertion.
func (i *Issuer) judgeAssertion(ctx context.Context, c *client, f form) (grant, *problem) {
	if !f.has("assertion") {
		return grant{}, invalidRequest("assertion is missing")
	}
	a, err := parseAssertion(f.get("assertion"), assertionGrantType)
	if err != nil {
		return grant{}, errAssertionGrant
	}
	trusted, known := i.trusted[a.claims.Issuer]
	if !known || a.verify(trusted.JWKS) != nil {
		return grant{}, errAssertionGrant
	}
	// RFC 7523, section 3: the audience is the issuer identifier, or the URL of the
	// token endpoint; here it is the only one.
	if a.judge(i.now(), i.issuer, i.tokenEndpoint) != nil {
		return grant{}, errAssertionGrant
	}
	// RFC 9700, section 4.15: a resource owner must not be taken for a client.
	if _, taken := i.clients[a.claims.Subject]; taken {
		return grant{}, errAssertionGrant
	}
	custom, err := carryOver(a, trusted.Claims)
	if err != nil {
		return grant{}, errAssertionGrant
	}
	hidden, err := carryOver(a, trusted.HiddenClaims)
	if err != nil {
		return grant{}, errAssertionGrant
	}
	scope, ok := c.grantScope(f.get("scope"))
	if !ok {
		return grant{}, errScope
	}
	family, err := token.NewID(i.rand)
	if err != nil {
		return grant{}, unavailable
	}
	switch first, err := i.firstUse(ctx, a); {
	case err != nil:
		return grant{}, unavailable
	case !first:
		return grant{}, errAssertionGrant
	}
	return grant{client: c, subject: a.claims.Subject, resource: c.audience(f), scope: scope, custom: custom, hidden: hidden, family: family}, nil
}

// carryOver returns the listed claims of an assertion as a JSON object, nothing when
// it has none of them.
func carryOver(a *assertion, listed []string) (json.RawMessage, error) {
	if len(listed) == 0 {
		return nil, nil
	}
	members, err := a.members()
	if err != nil {
		return nil, err
	}
	carried := map[string]json.RawMessage{}
	for _, name := range listed {
		if value, ok := members[name]; ok {
			carried[name] = value
		}
	}
	if len(carried) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(carried) // in the order of their names
	if err != nil || len(b) > maxCustom {
		return nil, fmt.Errorf("carry over claims: %w", errAssertionClaims)
	}
	return b, nil
}
