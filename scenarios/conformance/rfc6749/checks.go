// Package rfc6749 judges a token endpoint against RFC 6749, The OAuth 2.0
// Authorization Framework, for the client credentials grant.
//
// [Checks] lists the checks; each lives in the file of its section.
package rfc6749

import (
	"context"
	"slices"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

const document = "RFC 6749"

// Checks lists the checks of the document, sorted by section.
func Checks() []conformance.Check {
	return slices.Concat(section4_4_3(), section5_1(), section5_2())
}

var needs = []targets.Capability{targets.ClientCredentials}

const noForm = "the target declares no form of token"

// eachGrant judges the answer to a token request, for every form.
func eachGrant(judge func(*conformance.Grant) conformance.Outcome) func(context.Context, *conformance.Probe) conformance.Outcome {
	return func(ctx context.Context, p *conformance.Probe) conformance.Outcome {
		return conformance.EachForm(p.Forms(), noForm, func(form string) conformance.Outcome {
			g, err := p.Grant(ctx, form)
			if err != nil {
				return conformance.Undecided(err)
			}
			return judge(g)
		})
	}
}

// eachMembers judges the members of the JSON object that answers a token request. An
// answer that is none is judged by rfc6749/5.1/json-response.
func eachMembers(judge func(map[string]any) conformance.Outcome) func(context.Context, *conformance.Probe) conformance.Outcome {
	return eachGrant(func(g *conformance.Grant) conformance.Outcome {
		members, err := g.Answer.Object()
		if err != nil {
			return conformance.Undecided(err)
		}
		return judge(members)
	})
}
