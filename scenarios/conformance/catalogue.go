package conformance

import (
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// IDs lists the checks' identifiers in their order.
func IDs(checks []Check) []string {
	ids := make([]string, len(checks))
	for i, c := range checks {
		ids[i] = c.ID
	}
	return ids
}

// Requirements lists what the checks test, each once, sorted by ID.
func Requirements(checks []Check) []results.Requirement {
	var out []results.Requirement
	for _, c := range checks {
		out = append(out, c.Requirement)
	}
	slices.SortFunc(out, func(a, b results.Requirement) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b results.Requirement) bool { return a.ID == b.ID })
}

// Skipped lists the checks that don't apply to the target by what it declares, which
// a plan can say before a server is started. [Judge] lists the same ones again, as
// findings with the verdict none.
func Skipped(checks []Check, t targets.Target) []results.Skip {
	var out []results.Skip
	for _, c := range checks {
		if reason := lacks(c, t); reason != "" {
			out = append(out, results.Skip{ID: c.ID, Target: t.Name, Kind: results.NotApplicable, Reason: reason})
		}
	}
	return out
}
