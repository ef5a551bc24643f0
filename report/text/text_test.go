package text

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

func write(t *testing.T, run results.Run) string { return string(golden.Render(t, Write, run)) }

func TestGolden(t *testing.T) {
	golden.Check(t, "report.txt", []byte(write(t, golden.Sample(t))))
}

// All strategies side by side, and a question about them.
func TestStrategies(t *testing.T) {
	t.Parallel()
	golden.Check(t, "strategies.txt", []byte(write(t, golden.Asked(t))))
}

func TestLinesFitATerminal(t *testing.T) {
	t.Parallel()
	got := write(t, golden.Sample(t)) + write(t, golden.Asked(t))
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > Width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// A long name beside a long verdict, as of an interrupted run, fits nevertheless.
func TestWideCostsFitATerminal(t *testing.T) {
	t.Parallel()
	c := results.Cost{Operation: "encrypt/RSA-OAEP-256+A256CBC-HS512", Bytes: 7911, Median: 998e3, Low: 898e3, High: 999e3, Level: 0.95,
		Limit: "limit/x", Ratio: 0.998, RatioLow: 0.9, RatioHigh: 1.1, Allocs: 116}
	run := results.Run{Steps: []results.StepResult{{Verdict: results.Inconclusive, Costs: []results.Cost{c, {Operation: "limit/x", Median: 999e3}}}}}
	got := write(t, run)
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > Width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{c.Operation, "~0.998x", "898 us - 999 us", "inconclusive"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// The table library shortens a cell when it is told to lay out too narrow a column.
func TestNoCellIsCut(t *testing.T) {
	t.Parallel()
	lines := strings.Split(write(t, golden.Sample(t)), "\n")
	var tables []report.Table
	doc := golden.Document(t, golden.Sample(t))
	tables = append(tables, doc.Lead...)
	for _, s := range doc.Sections {
		tables = append(tables, s.Tables...)
	}
	for _, table := range tables {
		for _, row := range table.Rows {
			_, left, err := fit(table)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i, c := range table.Columns {
				if !c.Wide && !(c.Spare && slices.Contains(left, c.Name)) {
					want = append(want, strings.Fields(row.Cells[i])...)
				}
			}
			if !slices.ContainsFunc(lines, func(line string) bool {
				return slices.Equal(strings.Fields(strings.TrimPrefix(line, "! ")), want)
			}) {
				t.Errorf("no line has all of the row %q", want)
			}
		}
	}
}

// What a server said can't steer the terminal.
func TestControlCharactersAreRemoved(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	for i := range run.Steps {
		for j := range run.Steps[i].Findings {
			run.Steps[i].Findings[j].Observed = "a\x1b[2Jb\x07c\u009bd"
		}
	}
	run.Warnings[0].Text = "x\x1b]0;title\x07"
	run.ID = "\x1b[31mred"
	got := write(t, run)
	if strings.ContainsAny(got, "\x1b\x07\u009b") {
		t.Error("the report holds control characters")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestErrors(t *testing.T) {
	t.Parallel()
	if err := Write(broken{}, golden.Document(t, golden.Sample(t))); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("error %v, want the writer's", err)
	}
}

func TestEmptyRun(t *testing.T) {
	t.Parallel()
	got := write(t, results.Run{})
	if !strings.Contains(got, "verdict: inconclusive") || !strings.Contains(got, "nothing was measured") {
		t.Errorf("an empty run reads:\n%s", got)
	}
}
