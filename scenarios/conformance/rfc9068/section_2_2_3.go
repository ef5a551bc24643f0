package rfc9068

import (
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.2.3. Authorization Claims
func section2_2_3() []conformance.Check {
	return []conformance.Check{
		// "If an authorization request includes a scope parameter, the corresponding issued
		// JWT access token SHOULD include a "scope" claim as defined in Section 4.2 of
		// [RFC8693]": "a JSON string containing a space-separated list of scopes".
		{
			ID:          "rfc9068/2.2.3/scope",
			Title:       "asks for a token with a scope and reads the claim scope",
			Requirement: conformance.Should("scope should be present when a scope was asked for, and is a string."),
			Fault:       "jwt-scope-array",
			Run: conformance.EachJWT(func(p *conformance.Probe, g *conformance.Grant, t conformance.JWT) conformance.Outcome {
				if _, present := t.Claims["scope"]; !present && g.Asked == "" {
					return conformance.NotApplicable("the client has no scope to ask for")
				}
				return text(p, g, t.Claims, "scope")
			}),
		},
	}
}
