package targets

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/forge"
)

// learn gets a token for the client and notes its form and, where nobody gave them, its
// scopes, its dialect and whom it is for. An answer without a token that isn't a refusal
// is the checks' to judge: the token counts as opaque then.
func (i *Instance) learn(ctx context.Context, client *http.Client, c *Client, told metadata) ([]Capability, error) {
	at := i.Endpoints[TokenEndpoint]
	answer, err := c.RequestToken(ctx, client, at)
	if err != nil {
		return nil, fmt.Errorf("get a token: %w", err)
	}
	if err := answer.Usable(); err != nil && answer.Status >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("get a token: %s: %w%s", at, err, c.hint(told))
	}
	c.Form = FormOf(answer.Token)
	i.Secrets.Add(answer.Token)
	// A scope is shown and asked for again, which no secret may be.
	secret := i.Secrets.Redact(answer.Scope) != answer.Scope || strings.Contains(answer.Scope, c.Secret.Reveal()) ||
		answer.Token != "" && strings.Contains(answer.Scope, answer.Token)
	if len(c.Scopes) == 0 && answer.ScopeKnown && !secret {
		c.Scopes = strings.Fields(answer.Scope)
	}
	switch {
	case c.Form != Opaque:
		i.learnFrom(answer.Token, *c)
	case i.IssuerLearned && answer.Token != "":
		i.askIssuer(ctx, client, answer.Token)
	}
	caps := append(i.Endpoints.capabilities(), Issues(c.Form))
	if slices.Contains(caps, Introspection) {
		caps = append(caps, Introspects(c.Form))
	}
	return caps, nil
}

// hint is what the metadata have to do with the refusal of a client.
func (c Client) hint(told metadata) string {
	if grants, ok := told.list("grant_types_supported"); ok && !slices.Contains(grants, string(ClientCredentials)) {
		return "; its metadata don't list the grant client_credentials"
	}
	if methods, ok := told.list("token_endpoint_auth_methods_supported"); ok && !slices.Contains(methods, "client_secret_basic") && !c.InBody {
		return "; its metadata list no way in which a client has a secret"
	}
	if c.Resource != "" {
		return "; it was asked for a token for the resource that is set: not all servers know that parameter"
	}
	return ""
}

// FormOf tells an opaque token from a signed JWT (RFC 7519, section 3: three parts, the
// first of which is a JSON object with alg), without judging it.
func FormOf(token string) string {
	raw, err := forge.Read(token, forge.Header)
	var header struct {
		Alg string `json:"alg"`
	}
	if err != nil || json.Unmarshal(raw, &header) != nil || header.Alg == "" {
		return Opaque
	}
	return Word(header.Alg, "other")
}
