package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// GrantType is the name of a grant (RFC 6749, section 1.3).
type GrantType string

const (
	ClientCredentials GrantType = "client_credentials"
	AuthorizationCode GrantType = "authorization_code"
	RefreshToken      GrantType = "refresh_token"
	Password          GrantType = "password"
	JWTBearer         GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// grant is what a request was judged to be good for.
type grant struct {
	client   *client
	subject  string
	username string // empty for application tokens, and where the subject isn't one of the users
	resource string
	scope    string
	custom   json.RawMessage // an object of claims that were carried over; or nothing
	hidden   json.RawMessage // the same, of those for introspectors alone
	named    []string        // the user's claims that were asked for by name
	// confirmation is what the access token is bound to; or nothing.
	confirmation *token.Confirmation
	// family ties together the tokens of one authorization; empty for those that
	// stand alone.
	family string
	// A refresh token goes with it when refreshable isn't empty: for that scope, until
	// refreshUntil, in seconds since 1970.
	refreshable  string
	refreshUntil int64
}

// judge decides whether a client may have what it asks for.
type judge func(*Issuer, context.Context, *client, form) (grant, *problem)

// grantTable is the table of grants, in the order of publication.
var grantTable = []struct {
	name  GrantType
	judge judge
}{
	{AuthorizationCode, (*Issuer).judgeCode},
	{ClientCredentials, (*Issuer).judgeClientCredentials},
	{Password, (*Issuer).judgePassword},
	{RefreshToken, (*Issuer).judgeRefresh},
	{JWTBearer, (*Issuer).judgeAssertion},
}

// GrantTypes lists what a client can be registered for.
func GrantTypes() []GrantType {
	out := make([]GrantType, len(grantTable))
	for i, row := range grantTable {
		out[i] = row.name
	}
	return out
}

// grantsOf returns the grants that the clients are registered for, and
// client_credentials, without which there is nothing to say.
func grantsOf(clients []Client) map[GrantType]judge {
	grants := map[GrantType]judge{}
	for _, row := range grantTable {
		used := row.name == ClientCredentials
		for n := range clients {
			used = used || slices.Contains(clients[n].grants(), row.name)
		}
		if used {
			grants[row.name] = row.judge
		}
	}
	return grants
}

// judge gives each error of RFC 6749, section 5.2, its own situation.
func (i *Issuer) judge(ctx context.Context, c *client, f form) (grant, *problem) {
	name := GrantType(f.get("grant_type"))
	if name == "" {
		return grant{}, invalidRequest("grant_type is missing")
	}
	decide, ok := i.grants[name]
	if !ok {
		return grant{}, badRequest("unsupported_grant_type", "the grant_type is not supported")
	}
	if !slices.Contains(c.grants, name) {
		return grant{}, badRequest("unauthorized_client", "the client is not registered for the grant_type")
	}
	if p := c.judgeResource(f); p != nil {
		return grant{}, p
	}
	return decide(i, ctx, c, f)
}

// judgeResource enforces RFC 8707, section 2: a resource that the server doesn't
// issue for is an invalid_target. Identifiers are compared as strings.
func (c *client) judgeResource(f form) *problem {
	for _, parameter := range f {
		if parameter.name == "resource" && parameter.value != c.resource {
			return badRequest("invalid_target", "the resource is not known")
		}
	}
	return nil
}

var errScope = badRequest("invalid_scope", "the scope is malformed, or more than the client may have")

func badRequest(code, description string) *problem {
	return &problem{http.StatusBadRequest, code, description}
}

func invalidGrant(description string) *problem { return badRequest("invalid_grant", description) }

// refreshes makes the authorization refreshable, for a client that is registered
// for it.
func (i *Issuer) refreshes(g *grant) {
	if slices.Contains(g.client.grants, RefreshToken) {
		g.refreshable, g.refreshUntil = g.scope, i.now().Unix()+i.refreshLifetime
	}
}

// endFamily ends all tokens of an authorization, those that are being made at this
// moment as well.
func (i *Issuer) endFamily(ctx context.Context, c *client, family string) error {
	// By then the last refresh token has expired, and the last access token after it.
	until := i.now().Unix() + i.refreshLifetime + c.lifetime
	// Not even a thief who hangs up keeps it going: the store has a time limit of its own.
	if err := i.list(context.WithoutCancel(ctx), store.FamilySubject(family), until); err != nil {
		return fmt.Errorf("end authorization: %w", err)
	}
	return nil
}
