package rfc9068

import (
	"context"
	"errors"
	"strings"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// 2.1. Header
func section2_1() []conformance.Check {
	return []conformance.Check{
		// "JWT access tokens MUST NOT use "none" as the signing algorithm."
		{
			ID:          "rfc9068/2.1/alg",
			Title:       "reads alg of the header",
			Requirement: conformance.Must("The signing algorithm is not none."),
			Fault:       "jwt-alg-none",
			Run: conformance.EachJWT(func(_ *conformance.Probe, _ *conformance.Grant, t conformance.JWT) conformance.Outcome {
				alg, _ := t.Header["alg"].(string)
				return conformance.SawMember(alg != "" && !strings.EqualFold(alg, "none"), t.Header, "alg", "alg names a signature algorithm")
			}),
		},
		// "JWT access tokens MUST be signed." Section 4: an authorization server can sign
		// "with any of the keys advertised".
		{
			ID:          "rfc9068/2.1/signed",
			Title:       "verifies the signature under the published keys",
			Requirement: conformance.Must("The token is signed, with a key that the server publishes."),
			Needs:       []targets.Capability{targets.JWKS},
			Fault:       "jwt-signature-unverifiable",
			Run: conformance.EachJWTForm(func(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
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
			ID:          "rfc9068/2.1/typ",
			Title:       "reads typ of the header",
			Requirement: conformance.Must("typ is at+jwt or application/at+jwt."),
			Fault:       "jwt-typ-jwt",
			Run: conformance.EachJWT(func(_ *conformance.Probe, _ *conformance.Grant, t conformance.JWT) conformance.Outcome {
				typ, _ := t.Header["typ"].(string)
				right := strings.TrimPrefix(strings.ToLower(typ), "application/") == "at+jwt"
				return conformance.SawMember(right, t.Header, "typ", "typ is at+jwt", "typ is application/at+jwt")
			}),
		},
	}
}
