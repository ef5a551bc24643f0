package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/targets"
)

// revoked presents tokens that were revoked before the load, and that the resource server
// has never seen: whatever is remembered, none of them may be let in. How long after its
// revocation a token is still accepted that was remembered as good is another question.
func (p *presenting) revoked(ctx context.Context) (made []Request, not string, err error) {
	route, not := p.notices()
	if p.inst.Target.Lacks([]targets.Capability{targets.Revocation}) != "" {
		not = fmt.Sprintf("target %s declares no revocation endpoint", p.inst.Target.Name)
	}
	if not != "" {
		return nil, not, nil
	}
	clients := p.inst.ClientsFor(p.form, false)
	tokens, err := Obtain(ctx, p.inst, clients, p.form, fewTokens)
	if err != nil {
		return nil, "", err
	}
	for _, t := range tokens {
		if err := revoke(ctx, p.inst, t); err != nil {
			return nil, "", err
		}
		made = append(made, p.present(t, Revoked, p.url(route), Deny))
	}
	return made, "", nil
}

// notices is the route on which the strategy sees revocations, or why it sees none.
func (p *presenting) notices() (route, not string) {
	if p.strategy.Name == verifier.Hybrid {
		return targets.RiskyRoute, ""
	}
	asks := slices.ContainsFunc(p.strategy.Asks, func(member string) bool { return member != "jwks_uri" })
	if !asks && p.strategy.Claim == "" && p.strategy.Store == "" {
		return "", fmt.Sprintf("%s asks nobody whether a token was revoked, and accepts it until its exp", p.strategy.Name)
	}
	return "", ""
}

// revoke revokes a token (RFC 7009, section 2.1), and looks whether the server says so:
// where it goes on calling the token active, a resource server that believes it isn't wrong.
func revoke(ctx context.Context, inst *targets.Instance, t Token) error {
	client := targets.NewHTTPClient(10*time.Second, 1)
	defer client.CloseIdleConnections()
	post := func(c targets.Client, endpoint targets.Endpoint, form url.Values) (status int, body []byte, err error) {
		req, err := c.Post(ctx, inst.Endpoints[endpoint], form)
		if err != nil {
			return 0, nil, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return 0, nil, err
		}
		defer resp.Body.Close()
		body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody))
		return resp.StatusCode, body, err
	}
	status, _, err := post(t.Client, targets.RevocationEndpoint, url.Values{"token": {t.Value}, "token_type_hint": {"access_token"}})
	if err != nil {
		return fmt.Errorf("revoke a token of client %s: %w", t.Client.ID, err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("revoke a token of client %s: the server answered %d", t.Client.ID, status)
	}
	if inst.Endpoints[targets.IntrospectionEndpoint] == "" {
		return nil
	}
	status, body, err := post(inst.Introspector, targets.IntrospectionEndpoint, url.Values{"token": {t.Value}})
	var said struct {
		Active any `json:"active"`
	}
	if err == nil && status == http.StatusOK && json.Unmarshal(body, &said) == nil && said.Active == true {
		return fmt.Errorf("the server revoked a token of client %s, and still calls it active", t.Client.ID)
	}
	return nil
}
