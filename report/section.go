package report

import (
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// Section is a part of a report. A format renders what is in it and knows none by name.
type Section struct {
	Detail   bool // left out where there is little room
	Tables   []Table
	Findings []results.Finding // the worst first
}

// sections are the parts of a report in their order, each made from a record and its
// cells; an empty one is left out. A new one is a file, and its line here.
var sections = []func(results.Run, []stats.Cell) Section{
	loadSection,
	declaredSection,
	phaseSection,
	crossoverSection,
	outcomeSection,
	figureSection,
	costSection,
	checkSection,
	otherSection,
	stepSection,
}

// otherSection lists the steps of which no other section shows that they ran.
func otherSection(run results.Run, _ []stats.Cell) Section {
	t := Table{Title: "Other steps", Columns: []Column{{Name: "step"}, {Name: "reason"}, {Name: "verdict"}}}
	for _, s := range run.Steps {
		if !s.Loaded() && s.Costs == nil && s.Findings == nil {
			t.Rows = append(t.Rows, Row{[]string{s.Step.ID, s.Reason, s.Verdict.String()}, s.Verdict})
		}
	}
	return Section{Tables: some(t)}
}

// some is the table, unless it has no row.
func some(t Table) []Table {
	if len(t.Rows) == 0 {
		return nil
	}
	return []Table{t}
}
