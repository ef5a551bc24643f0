package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// declaredSection lists what each strategy under load promises, as it was configured: a
// latency is bought with staleness, and with what happens in an outage.
func declaredSection(run results.Run, _ []stats.Cell) Section {
	t := Table{Title: "What the strategies declare", Columns: []Column{{Name: "strategy"}, {Name: "accepts a revoked token for"}, {Name: "accepts in an outage"}},
		Notes: []string{"In the words of the resource server, as it was configured. A revocation step measures the first."}}
	var all [][3]string
	for _, s := range run.Steps {
		if d := s.Declared; d != nil {
			all = append(all, [3]string{s.Step.Axis("strategy").Value, d.Staleness, d.Outage})
		}
	}
	slices.SortFunc(all, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	for _, d := range slices.Compact(all) {
		bound, outage := folded(d[1]), folded(d[2])
		name := d[0]
		for i := range max(len(bound), len(outage)) {
			t.Rows = append(t.Rows, Row{[]string{name, line(bound, i), line(outage, i)}, results.Pass})
			name = ""
		}
	}
	return Section{Detail: true, Tables: some(t)}
}

// foldedWidth lets two columns of words stand beside a name in a terminal.
const foldedWidth = 42

// folded breaks words into lines.
func folded(words string) (lines []string) {
	row := ""
	for word := range strings.FieldsSeq(words) {
		switch {
		case row == "":
			row = word
		case utf8.RuneCountInString(row)+1+utf8.RuneCountInString(word) > foldedWidth:
			lines, row = append(lines, row), word
		default:
			row += " " + word
		}
	}
	return append(lines, row)
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// stores are the servers of stores that steps had for themselves: what they are decides
// the figures of such steps.
func stores(run results.Run) (facts []Fact) {
	for _, step := range run.Steps {
		for _, s := range step.Services {
			if f := (Fact{s.Name, join(", ", s.Runtime, join(" ", s.Program, s.Version))}); s.Name == stats.Store && !slices.Contains(facts, f) {
				facts = append(facts, f)
			}
		}
	}
	return facts
}
