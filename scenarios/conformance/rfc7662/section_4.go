package rfc7662

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 4. Security Considerations
func section4() []conformance.Check {
	return []conformance.Check{
		// "the authorization server MUST perform all applicable checks against a token's
		// state. [...] If the token has been signed, the authorization server MUST validate
		// the signature."
		{
			ID:          "rfc7662/4/signature-validated",
			Title:       "introspects a self-contained token with one bit of its signature flipped",
			Requirement: conformance.Must("A signed token whose signature does not verify is answered with active false."),
			NeedsJWT:    true,
			Fault:       "signature-not-validated",
			Run:         conformance.EachIntrospectedJWT(flipped),
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
	return conformance.Judging(inactive)(p.IntrospectAs(ctx, damaged, ""))
}
