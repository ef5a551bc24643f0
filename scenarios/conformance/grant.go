package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/targets"
)

// Grant is a client's request for a token and the answer, which was not an error.
type Grant struct {
	Client targets.Client
	Asked  string // the scope, "" when the client has none to ask for
	Answer *Exchange
}

// Token is the access token of the answer.
func (g *Grant) Token() (string, error) {
	members, err := g.Answer.Object()
	if err != nil {
		return "", fmt.Errorf("token endpoint: the answer is %w", err)
	}
	token, _ := members["access_token"].(string)
	if token == "" {
		return "", errors.New("token endpoint: the answer has no access token")
	}
	return token, nil
}

// Issue asks for a new token by client credentials (RFC 6749, section 4.4.2), with
// the whole scope of the client.
func (p *Probe) Issue(ctx context.Context, client targets.Client) (*Grant, error) {
	answer, err := p.RequestToken(ctx, client, client.Secret, client.TokenForm())
	if err != nil {
		return nil, err
	}
	g := &Grant{Client: client, Asked: strings.Join(client.Scopes, " "), Answer: answer}
	if g.Answer.Status >= http.StatusBadRequest {
		return nil, fmt.Errorf("token endpoint: refused client %q with %d%s", client.ID, g.Answer.Status, code(g.Answer))
	}
	return g, nil
}

// code is the error code of a refusal, where there is one.
func code(x *Exchange) string {
	members, err := x.Object()
	if err != nil {
		return ""
	}
	if c, ok := members["error"].(string); ok {
		return " " + c
	}
	return ""
}

// Client is the one that asks for the shared token of the form: of those registered
// the one with the most scopes, since a difference shows best there.
func (p *Probe) Client(form string) (targets.Client, error) {
	clients := p.Instance().ClientsFor(form, false)
	if len(clients) == 0 {
		return targets.Client{}, fmt.Errorf("no client is registered for tokens of the form %s", form)
	}
	best := clients[0]
	for _, c := range clients[1:] {
		if len(c.Scopes) > len(best.Scopes) {
			best = c
		}
	}
	return best, nil
}

// Grant is the request and the answer for the one token of the form that checks share
// and must not use up.
func (p *Probe) Grant(ctx context.Context, form string) (*Grant, error) {
	return shared(p, "grant/"+form, func(p *Probe) (*Grant, error) {
		client, err := p.Client(form)
		if err != nil {
			return nil, err
		}
		return p.Issue(ctx, client)
	})
}

// Token is the token of [Probe.Grant].
func (p *Probe) Token(ctx context.Context, form string) (*Grant, string, error) {
	g, err := p.Grant(ctx, form)
	if err != nil {
		return nil, "", err
	}
	token, err := g.Token()
	return g, token, err
}

// JWT is the content of [Probe.Token].
func (p *Probe) JWT(ctx context.Context, form string) (*Grant, JWT, error) {
	g, token, err := p.Token(ctx, form)
	if err != nil {
		return nil, JWT{}, err
	}
	parsed, err := ParseJWT(token)
	return g, parsed, err
}
