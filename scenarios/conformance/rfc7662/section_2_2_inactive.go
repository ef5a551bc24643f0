package rfc7662

import (
	"context"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.2. Introspection Response: the answer about a token that is not active.
func section2_2Inactive() []conformance.Check {
	return []conformance.Check{
		// "If the introspection call is properly authorized but the token is not active,
		// does not exist on this server, [...] then the authorization server MUST return an
		// introspection response with the "active" field set to "false"."
		{
			ID:          "rfc7662/2.2/unknown-inactive",
			Title:       "introspects a string that no server has issued",
			Requirement: conformance.Must("A token that does not exist is answered with active false, not with an error."),
			Fault:       "unknown-token-as-error",
			Run:         unknownToken(inactive),
		},
		// "the authorization server SHOULD NOT include any additional information about an
		// inactive token, including why the token is inactive."
		{
			ID:          "rfc7662/2.2/inactive-bare",
			Title:       "introspects a string that no server has issued and looks for further members",
			Requirement: conformance.Should("The answer about a token that is not active should hold nothing but active."),
			Fault:       "inactive-explained",
			Run:         unknownToken(bare),
		},
		madeUpInactive(),
		expiredInactive(),
	}
}

func unknownToken(judge func(*conformance.Exchange) conformance.Outcome) conformance.Run {
	return func(ctx context.Context, p *conformance.Probe) conformance.Outcome {
		return conformance.Judging(judge)(p.IntrospectAs(ctx, p.MadeUp("token"), ""))
	}
}

func bare(x *conformance.Exchange) conformance.Outcome {
	members, err := x.Object()
	if err != nil || members["active"] != false {
		return conformance.Undecided(fmt.Errorf("introspection endpoint: %s, and does not call the token inactive", seen(x, members)))
	}
	var more []string
	for name := range members {
		if name != "active" {
			more = append(more, name)
		}
	}
	if len(more) > 0 {
		return conformance.Failed("active is false, with "+strings.Join(conformance.Scopes(strings.Join(more, " ")), ", "), "nothing but active")
	}
	return conformance.Passed("nothing but active")
}
