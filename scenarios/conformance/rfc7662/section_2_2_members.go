package rfc7662

import (
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.2. Introspection Response: the members beside active. Each is optional, and is of
// the type that the section defines where it is present.
func section2_2Members() []conformance.Check {
	return []conformance.Check{
		// "scope OPTIONAL. A JSON string containing a space-separated list of scopes".
		{
			ID:          "rfc7662/2.2/scope-string",
			Title:       "introspects an active token and looks at the type of scope",
			Requirement: conformance.Must("scope, where present, is a JSON string and not an array."),
			Fault:       "introspection-scope-array",
			Run:         conformance.EachActive(member("scope", isString, "scope is a string")),
		},
		// "exp", "iat", "nbf": "OPTIONAL. Integer timestamp, measured in the number of
		// seconds since January 1 1970 UTC".
		{
			ID:          "rfc7662/2.2/timestamps-integer",
			Title:       "introspects an active token and looks at the types of exp, iat and nbf",
			Requirement: conformance.Must("exp, iat and nbf, where present, are integers."),
			Fault:       "introspection-exp-string",
			Run:         conformance.EachActive(timestampsInteger),
		},
		// exp: "when this token will expire"; iat: "when this token was originally issued";
		// nbf: "when this token is not to be used before".
		{
			ID:          "rfc7662/2.2/timestamps-current",
			Title:       "introspects an active token and compares exp, iat and nbf with the time",
			Requirement: conformance.Must("An active token expires in the future and was issued, and began to be usable, in the past, in seconds since 1970."),
			Fault:       "introspection-iat-ahead",
			Run:         conformance.EachIntrospected(timestampsCurrent),
		},
		// "aud OPTIONAL. Service-specific string identifier or list of string identifiers".
		{
			ID:          "rfc7662/2.2/aud-type",
			Title:       "introspects an active token and looks at the type of aud",
			Requirement: conformance.Must("aud, where present, is a string or an array of strings."),
			Fault:       "introspection-aud-object",
			Run:         conformance.EachActive(member("aud", isAudience, "aud is a string or an array of strings")),
		},
		// client_id, username, token_type, sub, iss and jti are strings by the definition of
		// each; null is none.
		{
			ID:          "rfc7662/2.2/string-members",
			Title:       "introspects an active token and looks at the types of its identifiers",
			Requirement: conformance.Must("client_id, username, token_type, sub, iss and jti, where present, are strings and not null."),
			Fault:       "introspection-username-null",
			Run:         conformance.EachActive(stringMembers),
		},
		// "client_id OPTIONAL. Client identifier for the OAuth 2.0 client that requested this
		// token."
		{
			ID:          "rfc7662/2.2/client-id",
			Title:       "introspects a token as another client than the one that it was issued to",
			Requirement: conformance.Must("client_id, where present, is the client that requested the token, not the caller."),
			Fault:       "introspection-client-is-caller",
			Run:         conformance.EachActive(clientID),
		},
	}
}

// member judges one optional member by its type.
func member(name string, valid func(any) bool, want string) func(*conformance.Probe, string, map[string]any) conformance.Outcome {
	return func(_ *conformance.Probe, _ string, members map[string]any) conformance.Outcome {
		v, ok := members[name]
		if !ok {
			return conformance.NotApplicable("the answer has no " + name)
		}
		return conformance.SawMember(valid(v), members, name, want)
	}
}

func isString(v any) bool { _, ok := v.(string); return ok }

func isAudience(v any) bool {
	list, ok := v.([]any)
	if !ok {
		return isString(v)
	}
	return !slices.ContainsFunc(list, func(item any) bool { return !isString(item) })
}

// stringMembers names the member and its type, and not its value: jti can be the very
// token.
func stringMembers(_ *conformance.Probe, _ string, members map[string]any) conformance.Outcome {
	n := 0
	for _, name := range []string{"client_id", "username", "token_type", "sub", "iss", "jti"} {
		v, ok := members[name]
		if !ok {
			continue
		}
		if !isString(v) {
			return conformance.Failed(conformance.ShowKind(members, name), name+" is a string")
		}
		n++
	}
	if n == 0 {
		return conformance.NotApplicable("the answer has none of these members")
	}
	return conformance.Passed(fmt.Sprintf("%d members are strings", n))
}

func clientID(p *conformance.Probe, form string, members map[string]any) conformance.Outcome {
	client, err := p.Client(form)
	if err != nil {
		return conformance.Undecided(err)
	}
	if _, ok := members["client_id"]; !ok {
		return conformance.NotApplicable("the answer has no client_id")
	}
	if client.ID == p.Instance().Introspector.ID {
		return conformance.NotApplicable("the token's client and the caller are the same client")
	}
	return conformance.SawMember(members["client_id"] == client.ID, members, "client_id", fmt.Sprintf("client_id is %q", client.ID))
}
