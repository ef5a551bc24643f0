package report

import (
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// figureSection lists what scenarios found beside latency and cost: every figure of
// every step, a table for each family of scenarios and target.
func figureSection(run results.Run, _ []stats.Cell) (out Section) {
	index := map[string]int{}
	for _, s := range run.Steps {
		if s.Superseded {
			continue
		}
		for _, f := range s.Figures {
			family, _, _ := strings.Cut(s.Step.Scenario, "/")
			title := "Figures of " + family
			if s.Step.Target != "" {
				title += " on " + s.Step.Target
			}
			i, ok := index[title]
			if !ok {
				i = len(out.Tables)
				index[title] = i
				out.Tables = append(out.Tables, Table{Title: title, Columns: []Column{{Name: "step"}, {Name: "figure"}, {Name: "value", Numeric: true},
					{Name: "interval", Numeric: true, Spare: true}, {Name: "limit", Numeric: true}, {Name: "verdict"}}})
			}
			v := s.Verdict
			if f.Broken() {
				v = results.Worst(v, results.Fail)
			}
			out.Tables[i].Rows = append(out.Tables[i].Rows, Row{[]string{strings.TrimPrefix(strings.Replace(s.Step.ID, "@"+s.Step.Target, "", 1), family+"/"), f.Name, Value(f), interval(f), limit(f), v.String()}, v})
		}
	}
	return out
}

// Value writes a figure with its unit.
func Value(f results.Figure) string { return measured(f.Value, f.Unit) }

func measured(v float64, unit string) string {
	switch unit {
	case "":
		return Figure(v)
	case "s":
		return Nanoseconds(v * 1e9)
	case "ns":
		return Nanoseconds(v)
	}
	return Figure(v) + " " + unit
}

func interval(f results.Figure) string {
	if f.Low == 0 && f.High == 0 {
		return "-"
	}
	return measured(f.Low, f.Unit) + " - " + measured(f.High, f.Unit)
}

func limit(f results.Figure) string {
	switch {
	case f.Limit == nil:
		return "-"
	case f.Worse == results.WorseDown:
		return "at least " + measured(*f.Limit, f.Unit)
	}
	return "at most " + measured(*f.Limit, f.Unit)
}

// FigureLine writes a figure in a line, for formats without tables.
func FigureLine(f results.Figure) string {
	out := f.Name + ": " + Value(f)
	if i := interval(f); i != "-" {
		out += ", " + i
	}
	if l := limit(f); l != "-" {
		out += ", " + l
	}
	return out
}
