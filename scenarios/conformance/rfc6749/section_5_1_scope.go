package rfc6749

import (
	"context"
	"errors"
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
	if v, ok := members["scope"]; !ok && g.Asked == "" {
		return conformance.NotApplicable("no scope was asked for, and none is told")
	} else if ok {
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
	more := slices.ContainsFunc(carried, func(s string) bool { return !slices.Contains(told, s) })
	switch same := slices.Equal(told, carried); {
	case !same && !more && where == byIntrospection:
		return conformance.Undecided(errors.New("introspection tells less scope than the token response, which it may"))
	case !same:
		return conformance.Failed(fmt.Sprintf("asked for %q, %s, and %s carries %q",
			g.Asked, conformance.Show(members, "scope"), where, carried), fmt.Sprintf("scope tells %q", carried))
	}
	return conformance.Passed(fmt.Sprintf("asked for %q, %s carries %q", g.Asked, where, carried))
}

// byIntrospection tells what the token carries, or less: RFC 7662, section 2.2, lets a
// server limit the scopes that it returns for each protected resource.
const byIntrospection = "introspection"

// carriedScope is what the token carries by its own claims or by introspection, and
// which of the two tells. Neither has to: where is then empty. An empty scope is no scope
// by the syntax above, and tells nothing.
func carriedScope(ctx context.Context, p *conformance.Probe, form string) (scope []string, where string, err error) {
	if slices.Contains(p.JWTForms(), form) {
		_, parsed, err := p.JWT(ctx, form)
		if err != nil {
			return nil, "", err
		}
		if s, _ := parsed.Claims["scope"].(string); s != "" {
			return conformance.Scopes(s), "the token", nil
		}
	}
	if slices.Contains(p.Introspected(p.Forms()), form) {
		members, err := p.Active(ctx, form)
		if err != nil {
			return nil, "", err
		}
		if s, _ := members["scope"].(string); s != "" {
			return conformance.Scopes(s), byIntrospection, nil
		}
	}
	return nil, "", nil
}
