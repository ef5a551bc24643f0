package rfc7662

import (
	"context"
	"fmt"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.3. Error Response
func section2_3() []conformance.Check {
	return []conformance.Check{
		// "If the protected resource uses OAuth 2.0 client credentials to authenticate to the
		// introspection endpoint and its credentials are invalid, the authorization server
		// responds with an HTTP 401 (Unauthorized) as described in Section 5.2 of OAuth 2.0".
		{
			ID:          "rfc7662/2.3/invalid-credentials",
			Title:       "introspects an active token as the resource server with a wrong secret",
			Requirement: conformance.Must("A caller whose client credentials are invalid gets the status 401."),
			Fault:       "invalid-credentials-inactive",
			Run:         conformance.EachIntrospected(invalidCredentials),
		},
	}
}

func invalidCredentials(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	token, err := activeToken(ctx, p, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	who, err := p.Introspector()
	if err != nil {
		return conformance.Undecided(err)
	}
	impostor := *who
	impostor.Secret = config.Secret(p.MadeUp("introspector secret"))
	x, err := p.Introspect(ctx, token, "", &impostor)
	if err != nil {
		return conformance.Undecided(err)
	}
	if x.Status == http.StatusUnauthorized {
		return conformance.Passed(fmt.Sprint(x.Status))
	}
	// Credentials that nobody asks for can't be invalid; see rfc7662/2.1/authorization-required.
	without, err := p.Introspect(ctx, token, "", nil)
	if err != nil {
		return conformance.Undecided(err)
	}
	if members, _ := without.Object(); members["active"] == true {
		return conformance.NotApplicable("the endpoint answers callers without credentials too")
	}
	members, _ := x.Object() // nil shows as a missing member
	return conformance.Failed(seen(x, members), "401")
}
