package csv

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

func write(t *testing.T, run results.Run) []byte { return golden.Render(t, Write, run) }

func TestGolden(t *testing.T) {
	golden.Check(t, "results.csv", write(t, golden.Sample(t)))
}

func rows(t *testing.T, run results.Run) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(write(t, run))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = r[i]
		}
		out = append(out, row)
	}
	return out
}

func TestRows(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	var want []string
	for _, s := range run.Steps {
		if s.Series != nil {
			want = append(want, "load "+s.Step.ID)
			for _, o := range s.Series.Outcomes {
				want = append(want, "outcome "+o.Name)
			}
		}
		for _, c := range s.Costs {
			want = append(want, "cost "+c.Operation)
		}
		for _, f := range s.Figures {
			want = append(want, "figure "+f.Name)
		}
	}
	for _, s := range results.Absent(run) {
		want = append(want, "absent "+s.ID)
	}
	var got []string
	for _, r := range rows(t, run) {
		got = append(got, r["row"]+" "+map[string]string{"load": r["step"], "outcome": r["outcome"], "cost": r["operation"], "figure": r["figure"], "absent": r["step"]}[r["row"]])
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Every key that a row fills is the name of a column: a slip would lose the figure.
func TestEveryFigureHasAColumn(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	run := golden.Sample(t)
	for _, name := range columns(run) {
		if known[name] {
			t.Errorf("column %s is there twice", name)
		}
		known[name] = true
	}
	for _, s := range run.Steps {
		var filled []map[string]string
		if s.Series != nil {
			filled = append(filled, load(s))
		}
		for _, c := range s.Costs {
			filled = append(filled, cost(s, c))
		}
		for _, f := range s.Figures {
			filled = append(filled, figureRow(s, f))
		}
		for _, row := range filled {
			for name := range row {
				if !known[name] && row[name] != "" {
					t.Errorf("%s: %s has no column", s.Step.ID, name)
				}
			}
		}
	}
}

func TestUnknownIsEmptyAndHostileTextIsOneField(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{{
		Step: results.Step{ID: "a,\"b\"\nc"}, Reason: "x\ny", Series: &results.Series{},
	}}}
	got := rows(t, run)
	if len(got) != 1 || got[0]["step"] != "a,\"b\" c" || got[0]["reason"] != "x y" {
		t.Fatalf("rows %v, want the step and the reason, each in a line", got)
	}
	for _, name := range []string{"response_p99_ns", "servers_cpu_s", "introspections", "rate", "median_ns"} {
		if v := got[0][name]; v != "" {
			t.Errorf("%s = %q, want it empty: it wasn't measured", name, v)
		}
	}
}

// What didn't run has a row with its reason, be it an operation or all of a step.
func TestAbsenceIsARow(t *testing.T) {
	t.Parallel()
	got := rows(t, results.Run{Steps: []results.StepResult{
		{Step: results.Step{ID: "cost", Scenario: "cost", Kind: results.KindCost}, Verdict: results.Inconclusive, Reason: "the run was interrupted",
			Skipped: []results.Skip{{ID: "cost/store/redis/plain/1k", Kind: results.NotRun, Reason: "no connection"}}},
	}})
	if len(got) != 2 || got[0]["verdict"] != "inconclusive" || got[0]["reason"] != "the run was interrupted" ||
		got[1]["step"] != "cost/store/redis/plain/1k" || got[1]["verdict"] != "none" || got[1]["reason"] != "not run: no connection" {
		t.Errorf("rows %v", got)
	}
}

func TestNoIntervalIsEmpty(t *testing.T) {
	t.Parallel()
	got := rows(t, results.Run{Steps: []results.StepResult{{Step: results.Step{Kind: results.KindCost}, Costs: []results.Cost{{Operation: "sign/A",
		Median: 20, Low: 20, High: 20, Mean: 20, MeanLow: 20, MeanHigh: 20, Ratio: 2, RatioLow: 2, RatioHigh: 2}}}}})
	for _, name := range []string{"low_ns", "high_ns", "confidence", "mean_low_ns", "mean_high_ns", "ratio_low", "ratio_high"} {
		if v := got[0][name]; v != "" {
			t.Errorf("%s = %q, want it empty: there were too few batches for an interval", name, v)
		}
	}
}

func TestAnotherProgramSaysItsFigure(t *testing.T) {
	t.Parallel()
	got := rows(t, results.Run{Steps: []results.StepResult{{Step: results.Step{Kind: results.KindCost}, Costs: []results.Cost{{Operation: "openssl/sha256", Bytes: 1024, Untimed: true,
		Warnings: []results.Warning{{Code: "another-program", Text: "OpenSSL: 710 ns"}}}}}}})
	if got[0]["figure"] != "another program's" || got[0]["reason"] != "OpenSSL: 710 ns" {
		t.Errorf("row %v", got[0])
	}
}

// A name from the record takes no column of ours, and no cell is a formula.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	got := rows(t, results.Run{Steps: []results.StepResult{{
		Step: results.Step{ID: "=1+1", Axes: []results.Axis{{Name: "verdict", Value: "pass"}, {Name: "@x", Value: " +1+1"}, {Name: "y", Value: "-1"}}}, Verdict: results.Fail,
		Series: &results.Series{Counters: []results.Counter{{Name: "sent", Count: 7}}}}}})
	for name, want := range map[string]string{"verdict": "fail", "axis_verdict": "pass", "sent": "0", "counter_sent": "7", "step": "'=1+1", "'@x": "' +1+1", "y": "-1"} {
		if got[0][name] != want {
			t.Errorf("%s = %q, want %q", name, got[0][name], want)
		}
	}
}
