package rfc9068

import (
	"context"
	"fmt"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// 4. Validating JWT Access Tokens, what it asks of the authorization server
func section4() []conformance.Check {
	return []conformance.Check{
		// "Authorization servers SHOULD use OAuth 2.0 Authorization Server Metadata [RFC8414]
		// to advertise to resource servers their signing keys via "jwks_uri" and what "iss"
		// claim value to expect via the "issuer" metadata value. Alternatively, authorization
		// servers implementing OpenID Connect MAY use the OpenID Connect discovery document".
		{
			ID:          "rfc9068/4/metadata",
			Title:       "reads the metadata document and looks for jwks_uri and issuer",
			Requirement: conformance.Should("The metadata should tell the keys by jwks_uri, and by issuer the iss of the tokens."),
			Needs:       []targets.Capability{targets.Metadata},
			Fault:       "metadata-without-jwks-uri",
			Run: func(ctx context.Context, p *conformance.Probe) conformance.Outcome {
				members, err := p.Metadata(ctx)
				if err != nil {
					return conformance.Undecided(err)
				}
				if s, _ := members["jwks_uri"].(string); s == "" {
					return conformance.Failed(conformance.Show(members, "jwks_uri"), "jwks_uri is a URL")
				}
				if members["issuer"] != p.Instance().Issuer {
					return conformance.Failed(conformance.Show(members, "issuer"), fmt.Sprintf("issuer is %q", p.Instance().Issuer))
				}
				return conformance.Passed(conformance.Show(members, "jwks_uri"))
			},
		},
	}
}
