package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// revokeScenario is revoke: the revocation endpoint alone under load, and whether what it
// revoked is revoked.
func revokeScenario() []scenarios.Scenario {
	s := scenarios.Scenario{Name: "revoke", Title: "the revocation endpoint under load, each token once, by form of token", With: []string{floor},
		Workload: workload{name: "revoke", alone: true, cells: revokeCells, traffic: revocations}}
	for _, form := range targets.Forms() {
		s.Items = append(s.Items, "revoke/"+form)
	}
	return []scenarios.Scenario{s}
}

func revokeCells(t targets.Target, o scenarios.Options) (cells []cell, why string) {
	for _, form := range namedForms(t, o, "revoke/") {
		cells = append(cells, cell{axes: []results.Axis{{Name: "form", Value: form, Class: targets.KindOf(form)}},
			needs: []targets.Capability{targets.ClientCredentials, targets.Issues(form), targets.Revocation}})
	}
	return cells, fmt.Sprintf("target %s declares no form of token that it issues", t.Name)
}

// revocations is the traffic of revoking each token once, of a few attempts at the token of
// another client, and of some with a wrong secret.
func revocations(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	inst, form := site.Instance, step.Axis("form").Value
	n, err := arrivalsOnce("the revoking of a token", *step.Load, site.Seed)
	if err != nil {
		return Traffic{}, err
	}
	clients := inst.ClientsFor(form, false)
	tokens, err := Obtain(ctx, inst, clients, form, n+attacked)
	if err != nil {
		return Traffic{}, err
	}
	if err := distinct(tokens); err != nil {
		return Traffic{}, err
	}
	safe, tokens := tokens[:attacked], tokens[attacked:]
	out := Traffic{}
	add := func(c targets.Client, t Token, right Answer, about string, done *[]Token) error {
		r, err := posted(ctx, c, inst.Endpoints[targets.RevocationEndpoint], url.Values{"token": {t.Value}})
		r.About, r.Right, r.Read = about, right, revocationReader(t, done)
		out.Requests = append(out.Requests, r)
		return err
	}
	var done []Token
	for _, t := range tokens {
		if err := add(t.Client, t, Allow, "the revocation of a token by its client "+t.Client.ID, &done); err != nil {
			return out, err
		}
	}
	for i, t := range safe {
		if err := add(impostor(t.Client), t, Deny, "a revocation by client "+t.Client.ID+" with a wrong secret", nil); err != nil {
			return out, err
		}
		if other := clients[(i+1)%len(clients)]; other.ID != t.Client.ID {
			if err := add(other, t, Deny, "the revocation of a token by another client", nil); err != nil {
				return out, err
			}
		}
	}
	for range warmConnections { // what isn't a token is no error, and nothing to revoke (RFC 7009, section 2.2)
		r, err := posted(ctx, clients[0], inst.Endpoints[targets.RevocationEndpoint], url.Values{"token": {"no-token"}})
		if err != nil {
			return out, err
		}
		out.Warm = append(out.Warm, r)
	}
	out.Order = onceEach(out.Requests, n, badShare, site.Seed)
	after := &afterwards{ctx: ctx, inst: inst, form: form, revoked: &done, safe: safe}
	out.Figures, out.Caveats = after.figures, after.caveats
	return out, nil
}

// attacked is how many tokens somebody tries to revoke who may not.
const attacked = 8

// revocationReader reads the answer to a revocation, and notes the token that was revoked.
// RFC 7009, section 2.2: 200 says all, and the content is ignored; section 2.1: what the
// client may not is refused with an error of RFC 6749, section 5.2.
func revocationReader(t Token, done *[]Token) Reader {
	return func(status int, body []byte) (Answer, string) {
		var refusal struct {
			Error string `json:"error"`
		}
		_ = json.Unmarshal(body, &refusal) // of another answer nothing is said
		switch status {
		case http.StatusOK:
			if done != nil {
				*done = append(*done, t)
			}
			return Allow, ""
		case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
			return Deny, targets.Word(refusal.Error, "")
		}
		return Unjudged, targets.Word(refusal.Error, "")
	}
}
