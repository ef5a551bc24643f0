package stats

import (
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// What an outcome got is summed over repetitions, and its histograms are merged; one that is
// damaged makes the record so.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	h := results.NewHistogram()
	for range 50 {
		results.Record(h, 3*time.Millisecond)
	}
	outcome := func(name string) results.Outcome {
		return results.Outcome{Name: name, Right: "deny", Planned: 60, Sent: 50, Response: results.EncodeHistogram(h),
			Verdicts: results.SampleVerdicts{RightDeny: 40, WrongAllow: 1, TransportError: 9}}
	}
	step := func(n int) results.StepResult {
		return results.StepResult{Step: results.Step{ID: "s", Scenario: "load/local", Kind: results.KindLoad, Target: "x", Repetition: n, Load: &results.Offered{Rate: 1}}, Verdict: results.Pass,
			Series: &results.Series{Outcomes: []results.Outcome{outcome("expired"), outcome("random")}}}
	}
	run := results.Run{Steps: []results.StepResult{step(1), step(2)}}
	cells, err := Cells(run)
	if err != nil || len(cells) != 1 {
		t.Fatal(cells, err)
	}
	all, err := cells[0].Outcomes()
	if err != nil || len(all) != 2 || all[0].Name != "expired" || all[1].Name != "random" {
		t.Fatal(all, err)
	}
	for _, o := range all {
		if o.Planned != 120 || o.Sent != 100 || o.Verdicts != (results.SampleVerdicts{RightDeny: 80, WrongAllow: 2, TransportError: 18}) ||
			o.Response.TotalCount() != 100 || o.Right != "deny" {
			t.Errorf("%+v", o)
		}
	}
	if _, err := cellsWithin(run, 3); err == nil {
		t.Error("the buckets of outcomes take no room")
	}
	run.Steps[1].Series.Outcomes[1].Response.Count++
	if _, err := Cells(run); err == nil {
		t.Error("a damaged outcome isn't noticed")
	}
}
