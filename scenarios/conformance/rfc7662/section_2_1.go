package rfc7662

import (
	"context"
	"fmt"
	"net/http"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.1. Introspection Request
func section2_1() []conformance.Check {
	return []conformance.Check{
		// "To prevent token scanning attacks, the endpoint MUST also require some form of
		// authorization to access this endpoint".
		{
			ID:          "rfc7662/2.1/authorization-required",
			Title:       "introspects an active token without any credentials",
			Requirement: conformance.Must("The endpoint requires some form of authorization."),
			Fault:       "introspection-without-authorization",
			Run:         conformance.EachIntrospected(authorizationRequired),
		},
		// "If the server is unable to locate the token using the given hint, it MUST extend
		// its search across all of its supported token types. An authorization server MAY
		// ignore this parameter".
		{
			ID:          "rfc7662/2.1/unknown-hint",
			Title:       "introspects an active token with a token_type_hint that nobody has defined",
			Requirement: conformance.Must("A token that the hint does not help to find is searched among all types of token."),
			Fault:       "unknown-hint-refused",
			Run:         conformance.EachIntrospected(unknownHint),
		},
	}
}

// authorizationRequired accepts 400 and 403 beside 401: the section leaves the method
// of authorization open, and RFC 6749, section 5.2, lets a server answer 400 to a
// client that sent no credentials. Credentials that are wrong are section 2.3.
func authorizationRequired(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	token, err := activeToken(ctx, p, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	x, err := p.Introspect(ctx, token, "", nil)
	if err != nil {
		return conformance.Undecided(err)
	}
	members, _ := x.Object()        // nil when it is none, which a refusal may be
	if members["active"] == false { // of an active token: nothing is told without authorization
		return conformance.Passed(seen(x, members))
	}
	_, told := members["active"]
	switch x.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest:
		if !told {
			return conformance.Passed(fmt.Sprint(x.Status))
		}
	}
	return conformance.Failed(seen(x, members), "401", "400 or 403", "and nothing about the token")
}

func unknownHint(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	plain, err := p.Active(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	token, err := activeToken(ctx, p, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	x, err := p.IntrospectAs(ctx, token, "oauthmark_unknown_type")
	if err != nil {
		return conformance.Undecided(err)
	}
	members, _ := x.Object() // nil shows as a missing member
	same := conformance.Show(members, "active") == conformance.Show(plain, "active")
	return conformance.Saw(x.Status == http.StatusOK && same, seen(x, members), "200 and the same answer as without the hint")
}
