package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// phaseSection has what the resource server did before, during and after something that
// lasted, such as an outage of the issuer: a table for each target.
func phaseSection(run results.Run, _ []stats.Cell) (out Section) {
	for _, s := range run.Steps {
		if s.Superseded || s.Series == nil || s.Series.Timeline == nil || len(s.Series.Timeline.Phases) == 0 {
			continue
		}
		family, _, _ := strings.Cut(s.Step.Scenario, "/")
		title := "Before, during and after: " + family + " on " + s.Step.Target
		i := slices.IndexFunc(out.Tables, func(t Table) bool { return t.Title == title })
		if i < 0 {
			i = len(out.Tables)
			out.Tables = append(out.Tables, Table{Title: title, Columns: []Column{{Name: "step"}, {Name: "phase"}, {Name: "let in", Numeric: true},
				{Name: "kept out", Numeric: true}, {Name: "unanswered", Numeric: true}, {Name: "wrong", Numeric: true}, {Name: "p50", Numeric: true, Wide: true},
				{Name: "p99", Numeric: true}, {Name: "verdict"}},
				Notes: []string{"A request belongs to the phase in which it was due; times are of those that should be let in, answered or not. " +
					"unanswered: the server said that it couldn't tell, or nothing."}})
		}
		_, below, _ := strings.Cut(s.Step.ID, "/")
		name := strings.Replace(below, "@"+s.Step.Target, "", 1)
		for _, p := range s.Series.Timeline.Phases {
			a := p.Answers
			out.Tables[i].Rows = append(out.Tables[i].Rows, Row{[]string{
				name, phaseName(p, s.Series.Timeline.Marks), Count(a.LetIn), Count(a.KeptOut), Count(a.Unanswered), Count(a.Wrong), momentTime(a, 0.5, a.P50), momentTime(a, 0.99, a.P99), s.Verdict.String(),
			}, s.Verdict})
		}
	}
	return out
}

// phaseName says what happened in the phase, and for how long it was.
func phaseName(p results.Phase, marks []results.Mark) string {
	return fmt.Sprintf("%s, %v", happened(p, marks), time.Duration(p.To-p.From).Round(10*time.Millisecond))
}

func happened(p results.Phase, marks []results.Mark) string {
	for _, m := range marks {
		if m.From == p.From && m.To == p.To {
			return m.Name
		}
	}
	return p.Name
}

// momentTime writes a quantile of a moment, a dash when it has too few samples to say. It
// doesn't tell how many should be let in; those that were kept out aren't among them.
func momentTime(m results.Moment, q float64, ns int64) string {
	if ns == 0 || !results.Resolves(m.LetIn+m.Unanswered, q) {
		return "-"
	}
	return Nanoseconds(float64(ns))
}

// eventful reports whether something lasted for a while in the cell's steps.
func eventful(c stats.Cell) bool {
	return slices.ContainsFunc(c.Steps, func(s stats.Repetition) bool { return s.Series.Timeline != nil && len(s.Series.Timeline.Phases) > 0 })
}

// meanwhile says how many requests were judged in the time that something lasted, and how
// fast: a sentence for each thing. Their latencies in all aren't compared, for they are
// those of the time before and after it, too.
func meanwhile(cells []stats.Cell) (out []string) {
	var order []string
	said := map[string][]string{}
	for _, c := range cells {
		for _, s := range c.Steps {
			what, text := during(c.Name(), s.Series.Timeline)
			if text == "" {
				continue
			}
			if said[what] == nil {
				order = append(order, what)
			}
			said[what] = append(said[what], text)
		}
	}
	for _, what := range order {
		out = append(out, fmt.Sprintf("Meanwhile (%s): %s.", what, strings.Join(said[what], "; ")))
	}
	return out
}

// during says what was judged in the phase of that name, and what it was; empty where there
// is none.
func during(name string, t *results.Timeline) (what, text string) {
	if t == nil {
		return "", ""
	}
	for _, p := range t.Phases {
		a := p.Answers
		if p.Name != "during" || a.Total() <= 0 {
			continue
		}
		text = fmt.Sprintf("%s judges %s %% of the requests", name, Figure(100*float64(a.LetIn+a.KeptOut+a.Wrong)/float64(a.Total())))
		if at := momentTime(a, 0.99, a.P99); at != "-" {
			text += ", p99 " + at
		}
		return happened(p, t.Marks), text
	}
	return "", ""
}
