package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// mostLead is how many loads the answer begins with: it is to be read at a glance.
const mostLead = 6

// leadTables set the strategies of each load side by side, by what people choose them by:
// the frontier first, or those that stay within the bounds where any are asked for. What
// isn't sound isn't in them; the sentences name it.
func leadTables(run results.Run, cells []stats.Cell, all []choose.Candidate) (out []Table) {
	groups := choose.ByLoad(all)
	for _, group := range groups[:min(len(groups), mostLead)] {
		out = append(out, some(leadTable(run, cells, group, len(groups) > 1))...)
	}
	if left := len(groups) - mostLead; left > 0 && len(out) > 0 {
		last := &out[len(out)-1]
		last.Notes = append(last.Notes, fmt.Sprintf("Of %d more loads the tables below have the figures.", left))
	}
	for i := range out[:max(len(out)-1, 0)] {
		out[i].Notes = nil // they are said once
	}
	return out
}

// leadColumn is a column of figures, in the order in which they are shown.
type leadColumn struct {
	Column
	figure string // of the candidate; empty for the staleness that was seen
}

func leadColumns(run results.Run, all []choose.Candidate) []leadColumn {
	asked := map[string]bool{}
	for _, b := range run.Plan.Within {
		asked[b.Figure] = true
	}
	kept := slices.ContainsFunc(all, func(c choose.Candidate) bool { return c.Figure(choose.Staleness).Kept })
	var out []leadColumn
	add := func(show bool, name, figure string, spare bool) {
		if show {
			out = append(out, leadColumn{Column{Name: name, Numeric: true, Spare: spare}, figure})
		}
	}
	add(asked[choose.P50], "p50", choose.P50, true)
	add(true, "p99", choose.P99, false)
	add(asked[choose.P999], "p99.9", choose.P999, true)
	add(true, "staleness", choose.Staleness, false)
	add(kept, "measured", "", true)
	add(true, "calls", choose.IssuerCalls, false)
	add(true, "CPU", choose.CPU, false)
	return out
}

// leadTable has the strategies of a load. A brief one has the best of them alone, where
// there are any.
func leadTable(run results.Run, cells []stats.Cell, all []choose.Candidate, brief bool) Table {
	columns := leadColumns(run, all)
	floor, hasFloor := stats.FloorOf(cells, all[0].Cell)
	closeTo, marked := func(c stats.Cell, figure string) bool { return hasFloor && nearFloor(c, floor, figure) }, false
	bounded := len(run.Plan.Within) > 0
	t := Table{Title: "Strategies on " + Load(all[0].Cell), Columns: []Column{{Name: axes(all[0].Cell)}}}
	for _, c := range columns {
		t.Columns = append(t.Columns, c.Column)
	}
	if bounded {
		t.Columns = append(t.Columns, Column{Name: "within"})
	}
	frontier, placed := frontierOf(all)
	answers := slices.DeleteFunc(leadOrder(run, all, frontier), func(a choose.Answer) bool { return !a.Cell.Sound() })
	best := func(a choose.Answer) bool {
		return bounded && a.Standing == choose.Meets || !bounded && frontier[a.Cell.Step.Cell()]
	}
	if brief && slices.ContainsFunc(answers, best) {
		answers = slices.DeleteFunc(answers, func(a choose.Answer) bool { return !best(a) })
		what := "the frontier"
		if bounded {
			what = "within the bounds"
		}
		t.Title += fmt.Sprintf(": %s, %d of %d", what, len(answers), len(all))
	}
	for _, a := range answers {
		row := []string{a.Cell.Name()}
		for _, c := range columns {
			text := leadCell(a.Candidate, c)
			if closeTo(a.Cell, c.figure) && text != "-" {
				text, marked = text+" ^", true
			}
			row = append(row, text)
		}
		if bounded {
			row = append(row, a.Standing.String())
		}
		t.Rows = append(t.Rows, Row{Cells: row, Verdict: results.Pass})
		t.Marked = append(t.Marked, frontier[a.Cell.Step.Cell()])
	}
	t.Notes = leadNotes(all, placed)
	if marked {
		t.Notes = append(t.Notes, fmt.Sprintf("^ A server that does nothing takes %s at p99 under the same load: our own share of the figure shows.", quantile(floor, 0.99)))
	}
	return t
}

// nearFloor reports whether what a server takes that does nothing is a part of the figure.
func nearFloor(c, floor stats.Cell, figure string) bool {
	q, ok := map[string]float64{choose.P50: 0.5, choose.P99: 0.99, choose.P999: 0.999}[figure]
	return ok && near(c, floor, q)
}

// leadOrder has what meets the bounds first, or else what is on the frontier; then what
// answers soonest.
func leadOrder(run results.Run, all []choose.Candidate, frontier map[string]bool) []choose.Answer {
	answers := choose.Within(run.Plan.Within, all)
	if len(run.Plan.Within) == 0 {
		slices.SortStableFunc(answers, func(a, b choose.Answer) int {
			first := func(a choose.Answer) int { return map[bool]int{true: -1}[frontier[a.Cell.Step.Cell()]] }
			return cmp.Or(first(a)-first(b), cmp.Compare(a.Figure(choose.P99).Value, b.Figure(choose.P99).Value))
		})
	}
	return answers
}

func leadCell(c choose.Candidate, column leadColumn) string {
	f := c.Figure(column.figure)
	switch column.figure {
	case "":
		if s := c.Figure(choose.Staleness); s.Kept {
			return fmt.Sprintf("%s of %s", amount(choose.Staleness, s.Seen), amount(choose.Staleness, s.Here))
		}
		return "-"
	case choose.P50:
		return within(c.Cell, 0.5)
	case choose.P99:
		return within(c.Cell, 0.99)
	case choose.P999:
		return within(c.Cell, 0.999)
	case choose.Staleness:
		switch {
		case f.AtLeast > 0:
			return "over " + amount(choose.Staleness, f.AtLeast)
		case !f.Known:
			return "unmeasured"
		case f.Kept:
			return amount(choose.Staleness, f.Value) + " declared"
		}
	}
	if !f.Known {
		return "-"
	}
	return amount(column.figure, f.Value)
}

// amount writes a value of a figure with its unit.
func amount(figure string, v float64) string {
	switch figure {
	case choose.IssuerCalls:
		return Figure(v)
	case choose.Staleness:
		if v == 0 {
			return "0 s"
		}
	case choose.CPU:
		return Nanoseconds(v * 1e3)
	}
	return Nanoseconds(v * 1e9)
}

// frontierOf says of the cells whether they are on the frontier, and how many have a place
// at all. A single one has nobody to compare with.
func frontierOf(all []choose.Candidate) (frontier map[string]bool, placed int) {
	frontier = map[string]bool{}
	for _, p := range choose.Frontier(all) {
		if p.Placed {
			placed++
		}
		frontier[p.Cell.Step.Cell()] = p.Frontier
	}
	if placed < 2 {
		return nil, placed
	}
	return frontier, placed
}

func leadNotes(all []choose.Candidate, placed int) (out []string) {
	const costs = "Calls: questions to the issuer about single tokens, for 1,000 requests. CPU: of all servers, for one."
	if !choose.Measured(all) {
		return []string{"Staleness wasn't measured in this run (scenario " + choose.Revocation + "), so that what is the best compromise isn't known.", costs}
	}
	of := ""
	if placed < len(all) {
		of = fmt.Sprintf(" Of %d of %d strategies one of the three isn't known.", len(all)-placed, len(all))
	}
	if placed > 1 {
		out = append(out, "* On the frontier: no other one is surely better by p99, staleness or calls, and by none of them worse."+of)
	} else if of != "" {
		out = append(out, "There is no frontier to tell:"+strings.ToLower(of[:3])+of[3:])
	}
	out = append(out, "Staleness: for how long a revoked token is still let in, at most. "+costs)
	if slices.ContainsFunc(all, func(c choose.Candidate) bool { return c.Figure(choose.Staleness).Kept }) {
		out = append(out, "Declared: the bound in this run, of a strategy that kept a shorter one when tokens were revoked (measured: the most that was seen, and of which bound).")
	}
	return out
}
