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

// ChecksTitle heads a section's findings, as in "Checks: 24 of 42 pass, 18 without a verdict".
func ChecksTitle(all []results.Finding) string {
	var n [results.Error + 1]int
	for _, f := range all {
		n[min(f.Verdict, results.Error)]++
	}
	out := fmt.Sprintf("Checks: %d of %d pass", n[results.Pass], len(all))
	if n[results.None] > 0 {
		out += fmt.Sprintf(", %d without a verdict", n[results.None])
	}
	return out
}
