package rfc7662

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 4. Security Considerations
func section4() []conformance.Check {
	return []conformance.Check{
		// "the authorization server MUST perform all applicable checks against a token's
		// state. [...] If the token has been signed, the authorization server MUST validate
		// the signature."
		{
			ID:    "rfc7662/4/signature-validated",
			Title: "introspects a self-contained token with one bit of its signature flipped",
			Requirements: []results.Requirement{{
				ID: "RFC7662-4-signature-validated", Document: document, Section: "4", Level: results.Must,
				Text: "A signed token whose signature does not verify is answered with active false.",
			}},
			Needs:    needs,
			NeedsJWT: true,
			Fault:    "signature-not-validated",
			Run: func(ctx context.Context, p *conformance.Probe) conformance.Outcome {
				return conformance.EachForm(p.Introspected(p.JWTForms()), noJWTForm, func(form string) conformance.Outcome {
					return flipped(ctx, p, form)
				})
			},
		},
	}
}

func flipped(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	token, err := activeToken(ctx, p, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	damaged, err := forge.FlipSignature(token)
	if err != nil {
		return conformance.Undecided(err)
	}
	x, err := p.IntrospectAs(ctx, damaged, "")
	if err != nil {
		return conformance.Undecided(err)
	}
	return inactive(x)
}
