package rfc6749

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
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
			Run: eachClient(func(ctx context.Context, p *conformance.Probe, c targets.Client) (*conformance.Exchange, error) {
				// A client that gets no token at all would be refused for another reason.
				if _, err := p.Grant(ctx, c.Form); err != nil {
					return nil, err
				}
				return p.RequestToken(ctx, c, c.Secret, url.Values{"grant_type": {"urn:oauthmark:" + p.MadeUp("grant type")}})
			}, func(x *conformance.Exchange) conformance.Outcome {
				return refusal(x, http.StatusBadRequest, "unsupported_grant_type")
			}),
		},
	}
}

// eachClient makes a request as one client of every form and judges the answer: how a
// client is registered can decide what code refuses it.
func eachClient(
	ask func(context.Context, *conformance.Probe, targets.Client) (*conformance.Exchange, error),
	judge func(*conformance.Exchange) conformance.Outcome,
) conformance.Run {
	return conformance.EachForm(func(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
		client, err := p.Client(form)
		if err != nil {
			return conformance.Undecided(err)
		}
		return conformance.Judging(judge)(ask(ctx, p, client))
	})
}

func eachWrongSecret(judge func(*conformance.Exchange) conformance.Outcome) conformance.Run {
	return eachClient(func(ctx context.Context, p *conformance.Probe, c targets.Client) (*conformance.Exchange, error) {
		return p.RequestToken(ctx, c, config.Secret(p.MadeUp("client secret")), url.Values{"grant_type": {"client_credentials"}})
	}, judge)
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
	// The scheme is a token, compared without case (RFC 9110, section 11.1).
	basic := slices.ContainsFunc(lines, func(line string) bool {
		scheme, _, _ := strings.Cut(line, " ")
		return strings.EqualFold(scheme, "Basic")
	})
	return conformance.Saw(basic, seen, "WWW-Authenticate: Basic ...")
}
