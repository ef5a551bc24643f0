package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// accept marks the findings that the target's expectations list, and warns of
// expectations that no longer occur, so that a list of excuses can't outlive what it
// excuses. Known are all checks, selected or not.
func accept(findings []results.Finding, expectations []results.Expectation, known []string) []results.Warning {
	var warnings []results.Warning
	for _, e := range expectations {
		i := slices.IndexFunc(findings, func(f results.Finding) bool { return f.Check == e.Check })
		switch {
		case !slices.Contains(known, e.Check):
			warnings = append(warnings, results.Warning{Code: "expectation-unknown",
				Text: fmt.Sprintf("the target expects a verdict of %s, and there is no such check", e.Check)})
		case i < 0: // not selected: nothing is known about it
		case findings[i].Verdict == e.Verdict && acceptable(e.Verdict):
			findings[i].Accepted = &e
		case findings[i].Verdict == results.Inconclusive, findings[i].Verdict == results.Error,
			findings[i].Absence == results.NotRun:
			// not judged this time: it may still occur
		default:
			warnings = append(warnings, results.Warning{Code: "expectation-gone",
				Text: fmt.Sprintf("%s: expected the verdict %s, got %s: remove the expectation", e.Check, e.Verdict, findings[i].Verdict)})
		}
	}
	return warnings
}

// acceptable verdicts are the target's; an error is ours, and a pass needs no excuse.
func acceptable(v results.Verdict) bool { return v == results.Fail || v == results.Inconclusive }

// decide is the verdict of a step over its findings. What fails a SHOULD or a MAY
// keeps its own verdict and warns; what the target's expectations accept neither fails
// nor warns.
func decide(findings []results.Finding) (results.Verdict, string, []results.Warning) {
	var warnings []results.Warning
	verdict := results.None
	by := map[results.Verdict][]string{}
	for _, f := range findings {
		v := f.Weight()
		if v != f.Verdict && f.Accepted == nil {
			warnings = append(warnings, results.Warning{Code: "should-not-met",
				Text: fmt.Sprintf("%s fails, and is a %s: %s", f.Check, f.Level(), f.Observed)})
		}
		by[v] = append(by[v], f.Check)
		verdict = max(verdict, v)
	}
	switch verdict {
	case results.Pass:
		return verdict, "", warnings
	case results.None:
		return verdict, "no check applies to the target", warnings
	}
	return verdict, fmt.Sprintf("%s: %s", verdict, list(by[verdict])), warnings
}

// list writes at most five names and counts the rest.
func list(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
