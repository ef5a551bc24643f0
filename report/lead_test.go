package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

// marked lists the names of the rows that the table is about.
func marked(t report.Table) (names []string) {
	for i, row := range t.Rows {
		if t.IsMarked(i) {
			names = append(names, row.Cells[0])
		}
	}
	return names
}

// The answer begins with a table: the frontier first, and within it what answers soonest.
func TestLead(t *testing.T) {
	t.Parallel()
	doc := asking(t, golden.Strategies(400), "")
	if len(doc.Lead) != 1 {
		t.Fatalf("%d tables, want one of one load", len(doc.Lead))
	}
	table := doc.Lead[0]
	if want := []string{"local-cached/RS256", "local/RS256", "local-denylist/RS256", "introspect-push/opaque", "shared-db/opaque"}; !slices.Equal(marked(table), want) {
		t.Errorf("on the frontier %v, want %v", marked(table), want)
	}
	if len(table.Rows) != 16 {
		t.Errorf("%d rows, want all 16 strategies", len(table.Rows))
	}
	for _, row := range table.Rows {
		if len(row.Cells) != len(table.Columns) {
			t.Errorf("row %q has %d cells, want %d", row.Cells[0], len(row.Cells), len(table.Columns))
		}
	}
	for name, want := range map[string]string{
		"introspect-cached/opaque": "30.0 s declared|930 ms of 1.00 s|14.0|213 us", "hybrid/RS256": "unmeasured|-|100|340 us", "introspect/opaque": "0 s|-|1,000|542 us",
	} {
		if got := strings.Join(rowOf(t, doc, name), "|"); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	notes := strings.Join(table.Notes, "\n")
	for _, want := range []string{"* On the frontier", "Of 1 of 16 strategies one of the three isn't known.", "^ A server that does nothing takes 183 us at p99", "Declared: the bound in this run"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in the notes\n%s", want, notes)
		}
	}
}

func TestLeadVariants(t *testing.T) {
	t.Parallel()
	keep := func(run results.Run, of func(results.Step) bool) results.Run {
		run.Steps = slices.DeleteFunc(run.Steps, func(s results.StepResult) bool { return !of(s.Step) })
		return run
	}
	load := func(s results.Step) bool { return strings.HasPrefix(s.Scenario, "load/") }
	for _, c := range []struct {
		name   string
		run    results.Run
		within string
		tables int
		rows   int // of the first
		marked int
		note   string // of the last
	}{
		{"no staleness", keep(golden.Strategies(400), load), "", 1, 16, 0, "Staleness wasn't measured in this run (scenario revocation)"},
		{"one strategy", keep(golden.Strategies(400), func(s results.Step) bool { return s.Axis("strategy").Value == "local-denylist" }), "", 1, 1, 0, "Staleness:"},
		{"two strategies, one of them measured", keep(golden.Strategies(400), func(s results.Step) bool {
			return s.Axis("strategy").Value == "local-denylist" || s.Axis("strategy").Value == "hybrid"
		}), "", 1, 2, 0, "There is no frontier to tell: of 1 of 2 strategies one of the three isn't known."},
		{"many rates", keep(golden.Strategies(100, 200, 300, 400, 500, 600, 700, 800), func(s results.Step) bool { return s.Axis("strategy").Value == "introspect" }), "", 6, 2, 2,
			"Of 2 more loads the tables below have the figures."},
		{"no strategy", keep(golden.Strategies(400), func(s results.Step) bool { return !load(s) }), "", 0, 0, 0, ""},
		{"two rates", golden.Strategies(400, 100), "", 2, 5, 5, "* On the frontier"},
		{"two rates without a frontier", keep(golden.Strategies(400, 100), load), "", 2, 16, 0, "Staleness wasn't measured"},
		{"two rates with bounds", golden.Strategies(400, 100), "p99=1.5ms,staleness=60s,issuer-calls=50", 2, 8, 3, "* On the frontier"},
		{"two rates with bounds that nothing meets", golden.Strategies(400, 100), "p99=1us", 2, 16, 5, "* On the frontier"},
	} {
		doc := asking(t, c.run, c.within)
		if len(doc.Lead) != c.tables {
			t.Errorf("%s: %d tables, want %d", c.name, len(doc.Lead), c.tables)
			continue
		}
		if c.tables == 0 {
			continue
		}
		if first := doc.Lead[0]; len(first.Rows) != c.rows || len(marked(first)) != c.marked {
			t.Errorf("%s: %d rows, %d of them marked, want %d and %d", c.name, len(first.Rows), len(marked(first)), c.rows, c.marked)
		}
		last := doc.Lead[len(doc.Lead)-1]
		if !strings.Contains(strings.Join(last.Notes, "\n"), c.note) {
			t.Errorf("%s: notes %q, want %q", c.name, last.Notes, c.note)
		}
		if c.tables > 1 && len(doc.Lead[0].Notes) > 0 {
			t.Errorf("%s: the notes are said twice", c.name)
		}
		if within := slices.ContainsFunc(last.Columns, func(col report.Column) bool { return col.Name == "within" }); within != (c.within != "") {
			t.Errorf("%s: a column within: %v", c.name, within)
		}
	}
}

// A strategy that isn't sound is named in the sentences, and its figures aren't in the table.
func TestLeadIsSound(t *testing.T) {
	t.Parallel()
	run := golden.Strategies(400)
	for i, s := range run.Steps {
		if s.Step.Label() == "local-cached/RS256" {
			run.Steps[i].Verdict, run.Steps[i].Reason = results.Inconclusive, "late"
		}
	}
	doc := asking(t, run, "")
	for _, row := range doc.Lead[0].Rows {
		if row.Cells[0] == "local-cached/RS256" {
			t.Error("an inconclusive strategy has a row")
		}
	}
	if got := strings.Join(doc.Answer, "\n"); !strings.Contains(got, "Not compared: local-cached/RS256 on reference at 400/s (poisson), inconclusive (late).") {
		t.Errorf("nothing says why it has none:\n%s", got)
	}
}

// The sentences below the table are few and short.
func TestSentencesAreShort(t *testing.T) {
	t.Parallel()
	doc := asking(t, golden.Strategies(400), "")
	if len(doc.Answer) > 3 {
		t.Errorf("%d sentences of 16 strategies", len(doc.Answer))
	}
	for _, s := range doc.Answer {
		if n := len(strings.Fields(s)); n > 45 {
			t.Errorf("%d words: %s", n, s)
		}
	}
	if !strings.Contains(doc.Answer[0], "self-contained tokens are faster than opaque ones with 7 strategies at p99: 821 us with local-cached/RS256; "+
		"963 us with introspect-cached/opaque, 1.17 times (1.17 to 1.18); 1.65 ms with introspect/opaque, 2.01 times (2.01 to 2.01).") {
		t.Errorf("first is\n%s", doc.Answer[0])
	}
}
