package rfc7662

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// The section defines each member as a fact about the token: "as defined in JWT
// [RFC7519]". A self-contained token states the same facts, so both can't be right when
// they differ. The scope alone may be less in the answer: "an authorization server MAY
// limit which scopes from a given token are returned for each protected resource".
func jwtAgreement() conformance.Check {
	return conformance.Check{
		ID:          "rfc7662/2.2/jwt-agreement",
		Title:       "introspects a self-contained token and compares the answer with its claims",
		Requirement: conformance.Must("iss, sub, aud, exp, iat, nbf, jti and client_id tell what the token's claims tell, and scope no more than they do, where both are present."),
		NeedsJWT:    true,
		Fault:       "introspection-sub-differs",
		Run:         conformance.EachIntrospectedJWT(agree),
	}
}

func agree(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	_, parsed, err := p.JWT(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	members, err := p.Active(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	return compare(parsed.Claims, members)
}

// compare passes over members of a wrong type on either side: other checks judge those.
func compare(claims, members map[string]any) conformance.Outcome {
	compared := 0
	for _, name := range []string{"iss", "sub", "client_id", "jti", "aud", "exp", "iat", "nbf", "scope"} {
		claim, inToken := stated(name, claims)
		member, inAnswer := stated(name, members)
		if !inToken || !inAnswer {
			continue
		}
		compared++
		same := slices.Equal(claim, member)
		if name == "scope" {
			same = !slices.ContainsFunc(member, func(s string) bool { return !slices.Contains(claim, s) })
		}
		switch {
		case same:
		case name == "jti": // it can be the very token that a server keeps
			return conformance.Failed("jti is not the same in the token and in the answer", "jti is the same in both")
		default:
			return conformance.Failed(fmt.Sprintf("%s is %q in the token and %q in the answer", name, claim, member),
				name+" is the same in both")
		}
	}
	if compared == 0 {
		return conformance.NotApplicable("the token and the answer have nothing in common")
	}
	return conformance.Passed(fmt.Sprintf("%d members agree", compared))
}

// stated is the value of a claim or member as sorted strings; ok is false when it
// is absent or not of the type that it should be.
func stated(name string, members map[string]any) (values []string, ok bool) {
	timestamp := slices.Contains(timestamps, name)
	switch v := members[name].(type) {
	case json.Number:
		return []string{v.String()}, timestamp && integer.MatchString(v.String())
	case string:
		if name == "scope" {
			return conformance.Scopes(v), true
		}
		return []string{v}, !timestamp
	case []any:
		if name != "aud" || !isAudience(v) {
			return nil, false
		}
		for _, item := range v {
			values = append(values, item.(string))
		}
		slices.Sort(values)
		return slices.Compact(values), true
	}
	return nil, false
}
