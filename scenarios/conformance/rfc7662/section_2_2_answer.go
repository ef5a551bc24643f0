package rfc7662

import (
	"context"
	"fmt"
	"net/http"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.2. Introspection Response: what the answer is, and how it agrees with the token.
func section2_2Answer() []conformance.Check {
	return []conformance.Check{
		// "The server responds with a JSON object [RFC7159] in "application/json" format".
		{
			ID:    "rfc7662/2.2/json-response",
			Title: "introspects an active token and looks at status, media type and body of the answer",
			Requirements: []results.Requirement{{
				ID: "RFC7662-2.2-json-response", Document: document, Section: "2.2", Level: results.Must,
				Text: "The answer has the status 200 and is a JSON object of the media type application/json.",
			}},
			Needs: needs,
			Fault: "introspection-not-json",
			Run:   eachForm(jsonResponse),
		},
		// "active REQUIRED. Boolean indicator of whether or not the presented token is
		// currently active."
		{
			ID:    "rfc7662/2.2/active-boolean",
			Title: "introspects a token that was just issued",
			Requirements: []results.Requirement{{
				ID: "RFC7662-2.2-active-boolean", Document: document, Section: "2.2", Level: results.Must,
				Text: "active is present and a JSON boolean, true for a token that the server has issued and that has not expired.",
			}},
			Needs: needs,
			Fault: "active-string",
			Run:   eachForm(activeBoolean),
		},
		jwtAgreement(),
	}
}

func jsonResponse(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	x, err := p.Introspection(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	const want = "200 with a JSON object as application/json"
	if _, err := x.Object(); err != nil {
		return conformance.Failed(seen(x, "a body that is "+err.Error()), want)
	}
	what := seen(x, fmt.Sprintf("a JSON object as %q", x.MediaType()))
	if x.Status != http.StatusOK || x.MediaType() != "application/json" {
		return conformance.Failed(what, want)
	}
	return conformance.Passed(what)
}

func activeBoolean(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	x, err := p.Introspection(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	members, err := x.Object()
	if err != nil {
		return conformance.Undecided(err)
	}
	if members["active"] != true {
		return conformance.Failed(conformance.Show(members, "active"), "active is true, a boolean")
	}
	return conformance.Passed("active is true")
}
