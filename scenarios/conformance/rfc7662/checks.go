// Package rfc7662 judges an introspection endpoint against RFC 7662, OAuth 2.0 Token
// Introspection.
//
// [Checks] lists the checks; each lives in the file of its section.
package rfc7662

import (
	"context"
	"slices"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

const document = "RFC 7662"

// Checks lists the checks of the document, sorted by section.
func Checks() []conformance.Check {
	return slices.Concat(section2_1(), section2_2Answer(), section2_2Inactive(), section2_2Members(), section2_3(), section4())
}

var needs = []targets.Capability{targets.ClientCredentials, targets.Introspection}

const noForm = "the target declares no form of token that it introspects"

type run = func(context.Context, *conformance.Probe) conformance.Outcome

// eachForm judges every form of token that the target introspects.
func eachForm(judge func(context.Context, *conformance.Probe, string) conformance.Outcome) run {
	return func(ctx context.Context, p *conformance.Probe) conformance.Outcome {
		return conformance.EachForm(p.Introspected(p.Forms()), noForm, func(form string) conformance.Outcome {
			return judge(ctx, p, form)
		})
	}
}

// eachActive judges the members of the answer about an active token, for every form.
func eachActive(judge func(p *conformance.Probe, form string, members map[string]any) conformance.Outcome) run {
	return eachForm(func(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
		members, err := p.Active(ctx, form)
		if err != nil {
			return conformance.Undecided(err)
		}
		return judge(p, form, members)
	})
}

// activeToken is the shared token of the form, once the resource server has been told
// that it is active: a refusal proves nothing where the plain request fails too.
func activeToken(ctx context.Context, p *conformance.Probe, form string) (string, error) {
	if _, err := p.Active(ctx, form); err != nil {
		return "", err
	}
	_, token, err := p.Token(ctx, form)
	return token, err
}

// inactive judges an answer that must say that a token is not active.
func inactive(x *conformance.Exchange) conformance.Outcome {
	const want = "200 with active false"
	members, err := x.Object()
	if err != nil {
		return conformance.Failed(seen(x, "a body that is "+err.Error()), want)
	}
	if x.Status != 200 || members["active"] != false {
		return conformance.Failed(seen(x, conformance.Show(members, "active")), want)
	}
	return conformance.Passed(seen(x, "active is false"))
}
