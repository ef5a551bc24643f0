package rfc9068

import (
	"context"
	"errors"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// 2.1. Header
func section2_1() []conformance.Check {
	return []conformance.Check{
		// "JWT access tokens MUST NOT use "none" as the signing algorithm."
		{
			ID:           "rfc9068/2.1/alg",
			Title:        "reads alg of the header",
			Requirements: requirement("2.1", "alg", results.Must, "The signing algorithm is not none."),
			Needs:        needs,
			NeedsJWT:     true,
			Fault:        "jwt-alg-none",
			Run: eachToken(func(_ *conformance.Probe, _ *conformance.Grant, t conformance.JWT) conformance.Outcome {
				alg, _ := t.Header["alg"].(string)
				if alg == "" || strings.EqualFold(alg, "none") {
					return conformance.Failed(conformance.Show(t.Header, "alg"), "alg names a signature algorithm")
				}
				return conformance.Passed(conformance.Show(t.Header, "alg"))
			}),
		},
		// "JWT access tokens MUST be signed." Section 4: an authorization server can sign
		// "with any of the keys advertised".
		{
			ID:           "rfc9068/2.1/signed",
			Title:        "verifies the signature under the published keys",
			Requirements: requirement("2.1", "signed", results.Must, "The token is signed, with a key that the server publishes."),
			Needs:        append([]targets.Capability{targets.JWKS}, needs...),
			NeedsJWT:     true,
			Fault:        "jwt-signature-unverifiable",
			Run: eachForm(func(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
				_, token, err := p.Token(ctx, form)
				if err != nil {
					return conformance.Undecided(err)
				}
				switch err := p.Verify(ctx, token); {
				case errors.Is(err, conformance.ErrSignature):
					return conformance.Failed(err.Error(), "a published key verifies the signature")
				case err != nil:
					return conformance.Undecided(err)
				}
				return conformance.Passed("a published key verifies the signature")
			}),
		},
		// "JWT access tokens MUST include this media type in the "typ" header parameter".
		// Media types are compared without case, and RFC 7515, section 4.1.9, lets
		// "application/" be left out; section 3's own example has at+JWT.
		{
			ID:           "rfc9068/2.1/typ",
			Title:        "reads typ of the header",
			Requirements: requirement("2.1", "typ", results.Must, "typ is at+jwt or application/at+jwt."),
			Needs:        needs,
			NeedsJWT:     true,
			Fault:        "jwt-typ-jwt",
			Run: eachToken(func(_ *conformance.Probe, _ *conformance.Grant, t conformance.JWT) conformance.Outcome {
				typ, _ := t.Header["typ"].(string)
				switch strings.ToLower(typ) {
				case "at+jwt", "application/at+jwt":
					return conformance.Passed(conformance.Show(t.Header, "typ"))
				}
				return conformance.Failed(conformance.Show(t.Header, "typ"), "typ is at+jwt", "typ is application/at+jwt")
			}),
		},
	}
}
