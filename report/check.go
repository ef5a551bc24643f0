package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// checkSection has the findings, sorted by what they count for, then by verdict, then
// the most binding first, then by check.
func checkSection(run results.Run, _ []stats.Cell) Section {
	binding := []results.Level{results.Must, results.Profile, results.Should, results.May, ""}
	var out []results.Finding
	for _, s := range run.Steps {
		out = append(out, s.Findings...)
	}
	slices.SortStableFunc(out, func(a, b results.Finding) int {
		return cmp.Or(
			cmp.Compare(b.Weight(), a.Weight()),
			cmp.Compare(b.Verdict, a.Verdict),
			cmp.Compare(slices.Index(binding, a.Level()), slices.Index(binding, b.Level())),
			cmp.Compare(a.Check, b.Check),
			cmp.Compare(a.Target, b.Target),
		)
	})
	return Section{Findings: out}
}

// CheckCounts says how checks went, as in "24 of 42 pass, 18 not applicable". The figures
// beside those that pass add up to the rest.
func CheckCounts(all []results.Finding) string {
	n := map[string]int{}
	for _, f := range all {
		if f.Verdict == results.None {
			n[string(cmp.Or(f.Absence, results.NotApplicable))]++
		} else {
			n[f.Verdict.String()]++
		}
	}
	out := fmt.Sprintf("%d of %d pass", n[results.Pass.String()], len(all))
	for _, name := range []string{results.Error.String(), results.Fail.String(), results.Inconclusive.String(), string(results.NotApplicable), string(results.NotRun)} {
		if n[name] > 0 {
			out += fmt.Sprintf(", %d %s", n[name], name)
		}
	}
	return out
}

// ChecksTitle heads a section's findings.
func ChecksTitle(all []results.Finding) string { return "Checks: " + CheckCounts(all) }
