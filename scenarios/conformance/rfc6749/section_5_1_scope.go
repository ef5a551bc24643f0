package rfc6749

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// Section 5.1: "scope OPTIONAL, if identical to the scope requested by the client;
// otherwise, REQUIRED." Section 3.3: "If the issued access token scope is different
// from the one requested by the client, the authorization server MUST include the
// "scope" response parameter to inform the client of the actual scope granted."
func scopeWhenDifferent() conformance.Check {
	return conformance.Check{
		ID:          "rfc6749/5.1/scope-when-different",
		Title:       "asks for a token with a scope and compares what was asked, what was answered and what the token carries",
		Requirement: conformance.Must("scope is present, and tells the scope that was granted, when it is not the one that was asked for."),
		Fault:       "scope-narrowed-silently",
		Run:         conformance.EachForm(scopeOf),
	}
}

// Section 3.3: scope = scope-token *( SP scope-token ),
// scope-token = 1*( %x21 / %x23-5B / %x5D-7E ).
var scopeSyntax = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$`)

func scopeOf(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	g, _, err := p.Token(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	members, err := g.Answer.Object()
	if err != nil {
		return conformance.Undecided(err)
	}
	told := conformance.Scopes(g.Asked) // without the member: the one asked for
	if v, ok := members["scope"]; ok {
		s, isString := v.(string)
		if !isString || !scopeSyntax.MatchString(s) {
			return conformance.Failed(conformance.Show(members, "scope"), "scope is a string of scope tokens, each a space apart")
		}
		told = conformance.Scopes(s)
	}
	carried, where, err := carriedScope(ctx, p, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	if where == "" {
		return conformance.NotApplicable("nothing tells the scope that the token carries")
	}
	if !slices.Equal(told, carried) {
		return conformance.Failed(fmt.Sprintf("asked for %q, %s, and %s carries %q",
			g.Asked, conformance.Show(members, "scope"), where, carried), fmt.Sprintf("scope tells %q", carried))
	}
	return conformance.Passed(fmt.Sprintf("asked for %q, %s carries %q", g.Asked, where, carried))
}

// carriedScope is what the token carries by its own claims or by introspection, and
// which of the two tells. Neither has to: where is then empty.
func carriedScope(ctx context.Context, p *conformance.Probe, form string) (scope []string, where string, err error) {
	if slices.Contains(p.JWTForms(), form) {
		_, parsed, err := p.JWT(ctx, form)
		if err != nil {
			return nil, "", err
		}
		if s, ok := parsed.Claims["scope"].(string); ok {
			return conformance.Scopes(s), "the token", nil
		}
	}
	if slices.Contains(p.Introspected(p.Forms()), form) {
		members, err := p.Active(ctx, form)
		if err != nil {
			return nil, "", err
		}
		if s, ok := members["scope"].(string); ok {
			return conformance.Scopes(s), "introspection", nil
		}
	}
	return nil, "", nil
}
