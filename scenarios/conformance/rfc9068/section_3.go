package rfc9068

import (
	"errors"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 3. Requesting a JWT Access Token
func section3() []conformance.Check {
	return []conformance.Check{
		// "If the request does not include a "resource" parameter, the authorization server
		// MUST use a default resource indicator in the "aud" claim."
		{
			ID:           "rfc9068/3/default-resource",
			Title:        "asks for a token without naming a resource and reads the claim aud",
			Requirements: requirement("3", "default-resource", results.Must, "aud contains the resource that the server uses by default."),
			Needs:        needs,
			NeedsJWT:     true,
			Fault:        "jwt-aud-is-client",
			Run: eachToken(func(p *conformance.Probe, _ *conformance.Grant, t conformance.JWT) conformance.Outcome {
				resource := p.Instance().Resource
				if resource == "" {
					return conformance.NotApplicable("the identifier of the protected resource is not known")
				}
				found := audiences(t.Claims)
				if len(found) == 0 {
					return conformance.Undecided(errors.New("the token has no aud to compare"))
				}
				if !slices.Contains(found, resource) {
					return conformance.Failed(conformance.Show(t.Claims, "aud"), fmt.Sprintf("aud contains %q", resource))
				}
				return conformance.Passed(conformance.Show(t.Claims, "aud"))
			}),
		},
	}
}
