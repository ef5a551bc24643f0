package rfc9068

import (
	"context"
	"fmt"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// uniqueTokens is how many tokens of a form are compared: enough to meet a jti that is
// constant, derived from the client or taken from a clock in seconds.
const uniqueTokens = 8

// RFC 7519, section 4.1.7, that section 2.2 refers to: "The identifier value MUST be
// assigned in a manner that ensures that there is a negligible probability that the
// same value will be accidentally assigned to a different data object".
func jtiUnique() conformance.Check {
	return conformance.Check{
		ID:          "rfc9068/2.2/jti-unique",
		Title:       fmt.Sprintf("asks for %d tokens in a row and compares their jti", uniqueTokens),
		Requirement: conformance.Must("No two tokens have the same jti."),
		Fault:       "jwt-jti-repeated",
		Run:         conformance.EachJWTForm(unique),
	}
}

func unique(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	client, err := p.Client(form)
	if err != nil {
		return conformance.Undecided(err)
	}
	tokens, ids := map[string]bool{}, map[string]bool{}
	for range uniqueTokens {
		g, err := p.Issue(ctx, client)
		if err != nil {
			return conformance.Undecided(err)
		}
		token, err := g.Token()
		if err != nil {
			return conformance.Undecided(err)
		}
		parsed, err := conformance.ParseJWT(token)
		if err != nil {
			return conformance.Undecided(err)
		}
		id, _ := parsed.Claims["jti"].(string)
		if id == "" {
			return conformance.Undecided(fmt.Errorf("a token has no jti to compare"))
		}
		// A server may give the same token again while it lives: that is one data object.
		tokens[token], ids[id] = true, true
	}
	if len(tokens) < 2 {
		return conformance.Undecided(fmt.Errorf("the server gave the same token %d times", uniqueTokens))
	}
	seen := fmt.Sprintf("%d values of jti in %d tokens", len(ids), len(tokens))
	return conformance.Saw(len(ids) == len(tokens), seen, "a value for each token")
}
