package rfc9068

import (
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 3. Requesting a JWT Access Token
func section3() []conformance.Check {
	return []conformance.Check{
		// "If the request does not include a "resource" parameter, the authorization server
		// MUST use a default resource indicator in the "aud" claim."
		{
			ID:          "rfc9068/3/default-resource",
			Title:       "asks for a token without naming a resource and reads the claim aud",
			Requirement: conformance.Must("aud contains the resource that the server uses by default."),
			Fault:       "jwt-aud-is-client",
			Run: conformance.EachJWT(func(p *conformance.Probe, _ *conformance.Grant, t conformance.JWT) conformance.Outcome {
				resource := p.Instance().Audience
				if resource == "" {
					return conformance.NotApplicable("the identifier of the protected resource is not known")
				}
				right := slices.Contains(audiences(t.Claims), resource)
				return conformance.SawMember(right, t.Claims, "aud", fmt.Sprintf("aud contains %q", resource))
			}),
		},
	}
}
