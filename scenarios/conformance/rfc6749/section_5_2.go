package rfc6749

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/field"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// 5.2. Error Response
func section5_2() []conformance.Check {
	return []conformance.Check{
		// "If the client attempted to authenticate via the "Authorization" request header
		// field, the authorization server MUST respond with an HTTP 401 (Unauthorized)
		// status code".
		{
			ID:          "rfc6749/5.2/invalid-client",
			Title:       "authenticates with HTTP Basic and a wrong secret, and looks at status and error code",
			Requirement: conformance.Must("A client that fails to authenticate by the Authorization header field gets the status 401 and the error invalid_client as JSON."),
			Fault:       "invalid-client-answered-400",
			Run: eachWrongSecret(func(x *conformance.Exchange) conformance.Outcome {
				return refusal(x, http.StatusUnauthorized, "invalid_client")
			}),
		},
		// "... and include the "WWW-Authenticate" response header field matching the
		// authentication scheme used by the client."
		{
			ID:          "rfc6749/5.2/challenge",
			Title:       "authenticates with HTTP Basic and a wrong secret, and looks for a challenge",
			Requirement: conformance.Must("The refusal of a client that authenticated with HTTP Basic has a WWW-Authenticate header field of the scheme Basic."),
			Fault:       "challenge-missing",
			Run:         eachWrongSecret(challenge),
		},
		// "The authorization server responds with an HTTP 400 (Bad Request) status code
		// (unless specified otherwise)"; "unsupported_grant_type".
		{
			ID:          "rfc6749/5.2/unsupported-grant-type",
			Title:       "asks for a token by a grant type that nobody has defined",
			Requirement: conformance.Must("A grant type that the server does not support is refused with the status 400 and the error unsupported_grant_type as JSON."),
			Fault:       "unsupported-grant-type-as-invalid-request",
			Run: eachClient(func(ctx context.Context, p *conformance.Probe, c targets.Client) conformance.Outcome {
				// A client that gets no token at all would be refused for another reason.
				if _, err := p.Grant(ctx, c.Form); err != nil {
					return conformance.Undecided(err)
				}
				return conformance.Judging(func(x *conformance.Exchange) conformance.Outcome {
					return refusal(x, http.StatusBadRequest, "unsupported_grant_type")
				})(p.RequestToken(ctx, c, c.Secret, url.Values{"grant_type": {"urn:oauthmark:" + p.MadeUp("grant type")}}))
			}),
		},
	}
}

// eachClient judges what the server answers to one client of every form: how a client is
// registered can decide what code refuses it.
func eachClient(judge func(context.Context, *conformance.Probe, targets.Client) conformance.Outcome) conformance.Run {
	return conformance.EachForm(func(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
		return conformance.Judging(func(c targets.Client) conformance.Outcome { return judge(ctx, p, c) })(p.Client(form))
	})
}

func eachWrongSecret(judge func(*conformance.Exchange) conformance.Outcome) conformance.Run {
	return eachClient(func(ctx context.Context, p *conformance.Probe, c targets.Client) conformance.Outcome {
		if c.InBody {
			return conformance.NotApplicable("the server takes no credentials by HTTP Basic")
		}
		return conformance.Judging(judge)(p.RequestToken(ctx, c, config.Secret(p.MadeUp("client secret")), url.Values{"grant_type": {"client_credentials"}}))
	})
}

func refusal(x *conformance.Exchange, status int, code string) conformance.Outcome {
	want := fmt.Sprintf("%d with the error %s as JSON", status, code)
	members, err := x.Object()
	if err != nil {
		return conformance.Failed(fmt.Sprintf("%d with a body that is %v", x.Status, err), want)
	}
	seen := fmt.Sprintf("%d, %s", x.Status, conformance.Show(members, "error"))
	return conformance.Saw(x.Status == status && members["error"] == code, seen, want)
}

func challenge(x *conformance.Exchange) conformance.Outcome {
	lines := x.Header.Values("WWW-Authenticate")
	seen := fmt.Sprintf("%d, WWW-Authenticate: %q", x.Status, lines)
	challenges, _ := field.Challenges(lines) // those that can be read
	// The scheme is a token, compared without case (RFC 9110, section 11.1).
	basic := slices.ContainsFunc(challenges, func(c field.Challenge) bool { return strings.EqualFold(c.Scheme, "Basic") })
	return conformance.Saw(basic, seen, "WWW-Authenticate: Basic ...")
}
