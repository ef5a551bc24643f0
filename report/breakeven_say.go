package report

import (
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// soundCosts are the rows of the steps that passed.
func soundCosts(run results.Run) []results.Cost {
	var out []results.Cost
	for _, s := range run.Steps {
		if s.Verdict == results.Pass {
			out = append(out, s.Costs...)
		}
	}
	return out
}

// cacheHit is the time to judge an opaque token that the verifier remembers.
func cacheHit(costs []results.Cost) (span, bool) {
	for _, c := range OfUsualSize(costs, "cache-hit") {
		if strings.HasPrefix(Operation(c.Operation).Word(0), "opaque") || Operation(c.Operation).Word(0) == "" {
			return spanOf(c), true
		}
	}
	return span{}, false
}

// breakEvenTables says for each algorithm after how many requests a cached introspection
// has cost less.
func breakEvenTables(run results.Run, cells []stats.Cell) []Table {
	costs := soundCosts(run)
	hit, ok := cacheHit(costs)
	ask, known := introspection(cells, costs)
	verify := OfUsualSize(costs, "verify")
	if !ok || !known || len(verify) == 0 {
		return nil
	}
	t := Table{
		Title: "Requests that a cached introspection must serve to beat a signature",
		Columns: []Column{{Name: "instead of"}, {Name: "time", Numeric: true}, {Name: "requests", Numeric: true},
			{Name: "range", Numeric: true}, {Name: "verdict"}},
		Notes: []string{fmt.Sprintf("An introspection takes %s (%s), and a look into the cache %s. The range is what the intervals of the three times allow; "+
			"it is a dash where one of them has none. %s", Nanoseconds(ask.center), ask.how, Nanoseconds(hit.center), starNote)},
	}
	for _, c := range verify {
		n := breakEvenOf(ask.span, hit, spanOf(c))
		center, _, _ := c.Figure()
		t.Rows = append(t.Rows, Row{[]string{starred(c.Operation, c), Nanoseconds(center), requests(n.requests), n.between(" - "), results.Pass.String()}, results.Pass})
	}
	return []Table{t}
}

// breakEvenAnswer is the same in a sentence, of the algorithms that most issuers have, with
// what the intervals of the times allow in brackets; the times are in the table.
// Where two of the three times are known, it says what is missing.
func breakEvenAnswer(costs []results.Cost, cells []stats.Cell) []string {
	hit, ok := cacheHit(costs)
	ask, known := introspection(cells, costs)
	verify := forSentence(OfUsualSize(costs, "verify"))
	if len(verify) == 0 || !ok && !known {
		return nil
	}
	const unknown = "After how many requests a cached introspection beats the verifying of a signature isn't known: the run has no sound figure of "
	switch {
	case !ok:
		return []string{unknown + "a look into the cache (cost/cache-hit/opaque-43)."}
	case !known:
		return []string{unknown + "an introspection (cost/introspect)."}
	}
	var parts []string
	unit := " request" // is said once
	for _, c := range verify {
		n := breakEvenOf(ask.span, hit, spanOf(c))
		part := "never"
		if n.requests > 0 {
			part = Count(n.requests) + unit
			if n.requests != 1 && unit != "" {
				part += "s"
			}
			unit = ""
		}
		part += " with " + Operation(c.Operation).Word(0)
		if n.ranged && n.least != n.most {
			part += " (" + n.between(" to ") + ")"
		}
		parts = append(parts, part)
	}
	return []string{fmt.Sprintf("A cached introspection beats the verifying of a signature once its answer serves %s.", strings.Join(parts, ", "))}
}

// costAnswer sets the two ways to look at a token side by side: to verify a
// signature, and to hash an identifier for its lookup. Steps that didn't pass are named
// with their verdict, and not quoted.
func costAnswer(run results.Run, cells []stats.Cell) []string {
	costs := soundCosts(run)
	quote := func(all []results.Cost) string {
		var parts []string
		for _, c := range all {
			center, _, _ := c.Figure()
			parts = append(parts, fmt.Sprintf("%s with %s", Nanoseconds(center), c.Operation))
		}
		return strings.Join(parts, ", ")
	}
	var hash []results.Cost
	for _, c := range costs {
		o := Operation(c.Operation)
		if !o.IsLimit() && o.Family() == "hash" && strings.HasPrefix(o.Word(1), "opaque") && (len(hash) == 0 || o.Word(0) == "SHA-256" && o.Word(1) == "opaque-43") {
			hash = []results.Cost{c}
		}
	}
	var out []string
	if verify := forSentence(OfUsualSize(costs, "verify")); len(verify) > 0 && len(hash) > 0 {
		out = []string{fmt.Sprintf("In one process, verifying a self-contained token takes %s; hashing an opaque one for its lookup takes %s.", quote(verify), quote(hash))}
	}
	out = append(out, breakEvenAnswer(costs, cells)...)
	for _, s := range run.Steps {
		if s.Verdict != results.Pass && len(s.Costs) > 0 {
			out = append(out, fmt.Sprintf("Not compared: the costs of step %s, which is %s%s.", s.Step.ID, s.Verdict, because(s.Reason)))
		}
	}
	return out
}
