package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// withinUsage is the help of --within, which several verbs have.
const withinUsage = "name the strategies that stay within `BOUNDS` of p50, p99, p99.9, staleness, issuer-calls (for 1,000 requests) or cpu (of the servers for a request), as in p99=20ms,staleness=60s,issuer-calls=50"

// bounds reads the values of --within.
func bounds(given []string) ([]results.Bound, error) {
	out, err := choose.Parse(given)
	if wrong := (*choose.BoundError)(nil); errors.As(err, &wrong) && wrong.Unknown != "" {
		return nil, usagef("--within %s: %w", wrong.Given, scenarios.Unknown("figure", wrong.Unknown, "'oauthmark run --help'", choose.Names()))
	} else if err != nil {
		return nil, usagef("--within %w", err)
	}
	return out, nil
}

// answerable refuses bounds that nothing in the plan can tell anything about: that is
// better said before a run than after it.
func answerable(plan results.Plan) error {
	if len(plan.Within) == 0 {
		return nil
	}
	if !slices.ContainsFunc(plan.Steps, choose.IsCandidate) {
		return usagef("--within: nothing that is selected puts a strategy under a planned load: name one, such as load/local, or leave --within out")
	}
	asked := func(b results.Bound) bool { return b.Figure == choose.Staleness }
	if !slices.ContainsFunc(plan.Within, asked) || slices.ContainsFunc(plan.Steps, choose.IsRevocation) {
		return nil
	}
	for _, s := range plan.Skipped {
		if strings.HasPrefix(s.ID, choose.Revocation+"/") {
			return usagef("--within staleness: what measures it doesn't apply: %s: %s: leave that bound out", s.Name(), s.Reason)
		}
	}
	return usagef("--within staleness: nothing that is selected measures it: name %s, too, or leave that bound out", choose.Revocation)
}
