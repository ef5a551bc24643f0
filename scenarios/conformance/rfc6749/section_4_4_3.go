package rfc6749

import "github.com/oauthmark/oauthmark/scenarios/conformance"

// 4.4.3. Access Token Response (client credentials)
func section4_4_3() []conformance.Check {
	return []conformance.Check{
		// "A refresh token SHOULD NOT be included."
		{
			ID:          "rfc6749/4.4.3/no-refresh-token",
			Title:       "asks for a token by client credentials and looks for a refresh token",
			Requirement: conformance.Should("The answer to a client credentials request should not include a refresh token."),
			Fault:       "refresh-token-issued",
			Run: conformance.EachGranted(func(members map[string]any) conformance.Outcome {
				if _, ok := members["refresh_token"]; ok {
					return conformance.Failed(conformance.ShowKind(members, "refresh_token"), "no refresh_token")
				}
				return conformance.Passed("no refresh_token")
			}),
		},
	}
}
