package report

import (
	"reflect"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

func sample(t *testing.T) results.Run {
	t.Helper()
	run, err := results.Load("../results/testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func tablesOf(doc Document) (out []Table) {
	for _, s := range doc.Sections {
		out = append(out, s.Tables...)
	}
	return out
}

func TestTablesAreRectangular(t *testing.T) {
	t.Parallel()
	doc, err := NewDocument(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	tables := tablesOf(doc)
	if len(tables) != 12 {
		t.Errorf("%d tables, want cost of four families, sizes, break-even, latency of two scenarios, outcomes, capacity, figures and steps", len(tables))
	}
	for _, table := range tables {
		for _, row := range table.Rows {
			if len(row.Cells) != len(table.Columns) {
				t.Errorf("%s: row %q has %d cells, want %d", table.Title, row.Cells[0], len(row.Cells), len(table.Columns))
			}
		}
	}
}

// What counts comes before what doesn't, and the worst before the rest.
func TestFindingsAreSorted(t *testing.T) {
	t.Parallel()
	f := func(check string, v results.Verdict, level results.Level) results.Finding {
		return results.Finding{Check: check, Verdict: v, Requirements: []results.Requirement{{Level: level}}}
	}
	accepted := f("a", results.Fail, results.Must)
	accepted.Accepted = &results.Expectation{Verdict: results.Fail}
	run := results.Run{Steps: []results.StepResult{{Findings: []results.Finding{
		f("h", results.None, results.Must), f("g", results.Pass, results.Must), accepted, f("b", results.Fail, results.Should),
		f("d", results.Fail, results.Profile), f("c", results.Fail, results.Must), f("e", results.Error, results.May), f("f", results.Inconclusive, results.Must),
	}}}}
	var got []string
	for _, f := range checkSection(run, nil).Findings {
		got = append(got, f.Check)
	}
	if want := []string{"e", "c", "d", "f", "a", "b", "g", "h"}; !reflect.DeepEqual(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestLimitsAreFoldedIntoTheirRows(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: []results.Cost{
		{Operation: "limit/sign/A", Median: 10}, {Operation: "limit/sign/B", Median: 5}, {Operation: "sign/A", Median: 20, Limit: "limit/sign/A", Ratio: 2},
	}}}}
	tables := costSection(run, nil).Tables
	if len(tables) != 1 {
		t.Fatalf("%d tables, want that of one family", len(tables))
	}
	var got []string
	for _, row := range tables[0].Rows {
		got = append(got, row.Cells[0]+" "+row.Cells[5]+" "+row.Cells[6])
	}
	if want := []string{"limit/sign/B - -", "sign/A 10.0 ns 2.00x"}; !reflect.DeepEqual(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if costSection(results.Run{}, nil).Tables != nil {
		t.Error("a table without rows")
	}
}

// A load step that couldn't be measured is a row of dashes in every table.
func TestUnmeasuredStepIsListed(t *testing.T) {
	t.Parallel()
	for _, arrivals := range []results.Arrivals{results.Poisson, results.Closed} {
		doc, err := NewDocument(results.Run{Steps: []results.StepResult{{
			Step:    results.Step{ID: "x", Scenario: "load/local", Kind: results.KindLoad, Target: "t", Load: &results.Offered{Arrivals: arrivals}},
			Verdict: results.Inconclusive, Reason: "not measured"}}})
		if err != nil {
			t.Fatal(err)
		}
		tables := tablesOf(doc)
		if len(tables) != 2 {
			t.Fatalf("%s: %d tables, want the summary and that of steps", arrivals, len(tables))
		}
		for _, table := range tables {
			if len(table.Rows) != 1 || len(table.Rows[0].Cells) != len(table.Columns) || table.Rows[0].Verdict != results.Inconclusive {
				t.Errorf("%s: rows %v, want one that is inconclusive", table.Title, table.Rows)
			}
		}
	}
}

func TestSameRunSameDocument(t *testing.T) {
	t.Parallel()
	a, err := NewDocument(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewDocument(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Error("two documents of one run differ")
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{{Verdict: results.Pass}, {Verdict: results.Fail}, {Verdict: results.Pass}}}
	if got := counts(run); got != "3 steps: 2 pass, 1 fail" {
		t.Errorf("got %q", got)
	}
	run.Steps = append(run.Steps, results.StepResult{Verdict: results.Inconclusive, Superseded: true})
	if got := counts(run); got != "3 steps: 2 pass, 1 fail; 1 tried again" {
		t.Errorf("got %q", got)
	}
	if got := counts(results.Run{}); got != "0 steps" {
		t.Errorf("got %q", got)
	}
}

// A damaged histogram is an error that names the step, before any format writes.
func TestDamageIsNamed(t *testing.T) {
	t.Parallel()
	for _, spoil := range []func(*results.Series){
		func(s *results.Series) { s.Response.Encoded = "damaged" },
		func(s *results.Series) { s.Lateness.Encoded = "" }, // its count says otherwise
	} {
		run := sample(t)
		spoil(run.Steps[1].Series)
		if _, err := NewDocument(run); err == nil || !strings.Contains(err.Error(), run.Steps[1].Step.ID) {
			t.Errorf("error %v, want one that names the step", err)
		}
	}
}

// Whatever a step's kind, it is somewhere: nothing that ran is passed over.
func TestEveryStepHasASection(t *testing.T) {
	t.Parallel()
	limit := 2.0
	doc, err := NewDocument(results.Run{Steps: []results.StepResult{
		{Step: results.Step{ID: "x@t", Scenario: "x", Kind: results.KindFigures, Target: "t"}, Verdict: results.Pass,
			Figures: []results.Figure{{Name: "stale accepts", Value: 3, Worse: results.WorseUp, Limit: &limit}}},
		{Step: results.Step{ID: "y", Scenario: "y", Kind: "later"}, Verdict: results.Inconclusive, Reason: "why"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	tables := tablesOf(doc)
	if len(tables) != 2 || len(tables[1].Rows) != 2 {
		t.Fatalf("tables %v, want that of figures, and both steps", tables)
	}
	if got := strings.Join(tables[0].Rows[0].Cells, "|"); got != "x|stale accepts|3.00|-|at most 2.00|fail" {
		t.Errorf("row %s", got)
	}
	if doc.Decision.Verdict != results.Fail || !strings.Contains(doc.Decision.Reasons[0], "stale accepts is 3, beyond its limit of 2") {
		t.Errorf("decision %v, want a failure by the figure", doc.Decision)
	}
}

// What passed and what didn't apply are both said, in words that add up.
func TestCheckCounts(t *testing.T) {
	t.Parallel()
	var all []results.Finding
	for range 24 {
		all = append(all, results.Finding{Check: "a", Verdict: results.Pass})
	}
	for range 18 {
		all = append(all, results.Finding{Check: "b", Verdict: results.None, Reason: "no introspection"})
	}
	if got := CheckCounts(all); got != "24 of 42 pass, 18 not applicable" {
		t.Errorf("got %q", got)
	}
	run := results.Run{Steps: []results.StepResult{{Step: results.Step{ID: "conform@t"}, Verdict: results.Pass, Findings: all}}}
	if got := counts(run); got != "1 step: 1 pass; checks: 24 of 42 pass, 18 not applicable" {
		t.Errorf("got %q", got)
	}
	all = append(all, results.Finding{Verdict: results.None, Absence: results.NotRun}, results.Finding{Verdict: results.Error}, results.Finding{Verdict: results.Fail}, results.Finding{Verdict: results.Inconclusive})
	if got := CheckCounts(all); got != "24 of 46 pass, 1 error, 1 fail, 1 inconclusive, 18 not applicable, 1 not run" {
		t.Errorf("got %q", got)
	}
}
