package report

import (
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// AnotherProgram returns what a program beside ours says of the same primitive; ok is
// false of what we measured or counted. Such a row has no figure of its own, as nobody
// knows how that program came to its own.
func AnotherProgram(c results.Cost) (text string, ok bool) {
	for _, w := range c.Warnings {
		if c.Untimed && w.Code == "another-program" {
			return w.Text, true
		}
	}
	return "", false
}

// otherTables lists what other programs say, so that it stands beside ours.
func otherTables(run results.Run) []Table {
	t := Table{Title: "Beside it: figures of other programs", Columns: []Column{{Name: "operation"}, {Name: "figures"}, {Name: "verdict"}}}
	noted := map[string]bool{}
	for _, s := range run.Steps {
		for _, c := range s.Costs {
			text, ok := AnotherProgram(c)
			if !ok {
				continue
			}
			// How it was measured stands before the figures, and is the same of most.
			if how, figures, ok := strings.Cut(text, ": "); ok {
				if !noted[how] {
					noted[how], t.Notes = true, append(t.Notes, how+".")
				}
				text = figures
			}
			t.Rows = append(t.Rows, Row{[]string{c.Operation, text, s.Verdict.String()}, s.Verdict})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	t.Notes = append(t.Notes, "They have no interval and aren't interleaved with ours: no ratio is taken to them.")
	return []Table{t}
}
