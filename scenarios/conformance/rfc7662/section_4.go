package rfc7662

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
			ID:          "rfc7662/4/signature-validated",
			Title:       "introspects a self-contained token with one bit of its signature flipped",
			Requirement: conformance.Must("A signed token whose signature does not verify is answered with active false."),
			NeedsJWT:    true,
			Fault:       "signature-not-validated",
			Run:         conformance.EachIntrospectedJWT(flipped),
		},
	}
}

const flippedBits = 40

// flipped tries bits all over the signature: a server that looks at the first of it, or
// now and then, doesn't validate it.
func flipped(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	token, err := activeToken(ctx, p, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	signature, err := forge.Read(token, forge.Signature)
	if err != nil || len(signature) == 0 {
		return conformance.Undecided(errors.New("the token has no signature to flip a bit of"))
	}
	first, err := forge.FlipSignature(token)
	if err != nil {
		return conformance.Undecided(err)
	}
	if o := conformance.Judging(inactive)(p.IntrospectAs(ctx, first, "")); o.Verdict != results.Pass {
		return o
	}
	x, tried, err := p.FirstActive(ctx, flippedBits, func(n int) string {
		damaged := slices.Clone(signature)
		damaged[n*31%len(damaged)] ^= 1 << (n % 8)
		text, _ := forge.Replace(token, forge.Signature, damaged) // it was read above
		return text
	})
	if err != nil {
		return conformance.Undecided(err)
	}
	if x != nil {
		members, _ := x.Object()
		return conformance.Failed(fmt.Sprintf("%s, at try %d", seen(x, members), tried), "200 with active false")
	}
	return conformance.Passed(fmt.Sprintf("active is false with any of %d bits flipped", tried))
}
