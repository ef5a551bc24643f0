package rfc7662

import (
	"context"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.2. Introspection Response: what the answer is, and how it agrees with the token.
func section2_2Answer() []conformance.Check {
	return []conformance.Check{
		// "The server responds with a JSON object [RFC7159] in "application/json" format".
		{
			ID:          "rfc7662/2.2/json-response",
			Title:       "introspects an active token and looks at status, media type and body of the answer",
			Requirement: conformance.Must("The answer has the status 200 and is a JSON object of the media type application/json."),
			Fault:       "introspection-not-json",
			Run:         conformance.EachIntrospected(jsonResponse),
		},
		// "active REQUIRED. Boolean indicator of whether or not the presented token is
		// currently active."
		{
			ID:          "rfc7662/2.2/active-boolean",
			Title:       "introspects a token that was just issued",
			Requirement: conformance.Must("active is present and a JSON boolean, true for a token that the server has issued and that has not expired."),
			Fault:       "active-string",
			Run:         conformance.EachIntrospected(activeBoolean),
		},
		jwtAgreement(),
	}
}

func jsonResponse(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	return conformance.Judging(conformance.JSONResponse)(p.Introspection(ctx, form))
}

func activeBoolean(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	x, err := p.Introspection(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	return conformance.Judging(func(members map[string]any) conformance.Outcome {
		if members["active"] == false {
			return conformance.Undecided(conformance.ErrInactive)
		}
		return conformance.SawMember(members["active"] == true, members, "active", "active is true, a boolean")
	})(x.Object())
}
