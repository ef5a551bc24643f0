package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// outageRun is a run with a step in which the issuer was down, and one whose timeline says
// nothing of a phase.
func outageRun() results.Run {
	step := func(id, strategy string, t *results.Timeline) results.StepResult {
		h := results.NewHistogram()
		for range 1000 {
			results.Record(h, time.Millisecond)
		}
		return results.StepResult{
			Step: results.Step{ID: id, Scenario: "outage/" + strategy, Kind: results.KindLoad, Target: "x", Axes: []results.Axis{{Name: "strategy", Value: strategy}, {Name: "outage", Value: "down"}},
				Load: &results.Offered{Arrivals: results.Poisson, Rate: 400, Duration: results.Duration(5 * time.Second)}},
			Verdict: results.Pass, Series: &results.Series{Planned: 1000, Sent: 1000, Response: results.EncodeHistogram(h), Timeline: t,
				Verdicts: results.SampleVerdicts{RightAllow: 600, Excused: 400}},
		}
	}
	second := results.Duration(time.Second)
	return results.Run{ID: "r", Steps: []results.StepResult{
		step("outage/introspect/down@x#1", "introspect", &results.Timeline{Every: second, Marks: []results.Mark{{Name: "issuer down", From: second, To: 2 * second}},
			Phases: []results.Phase{
				{Name: "before", To: second, Answers: results.Moment{LetIn: 500, KeptOut: 20, P50: 1e6, P99: 2e6}},
				{Name: "during", From: second, To: 2 * second, Answers: results.Moment{LetIn: 100, Unanswered: 400, P50: 3e6, P99: 4e6}},
				{Name: "after", From: 2 * second, To: 3 * second, Answers: results.Moment{Wrong: 1, LetIn: 3, P50: 5e6, P99: 6e6}},
			}}),
		step("outage/local/down@x#1", "local", &results.Timeline{Every: second}),
		step("outage/split/down@x#1", "split", nil),
	}}
}

// Every phase is told, with what happened in it; latencies of too few aren't.
func TestPhases(t *testing.T) {
	t.Parallel()
	doc, err := NewDocument(outageRun())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(doc.Sections, func(s Section) bool {
		return s.Tables != nil && s.Tables[0].Title == "Before, during and after: outage on x"
	})
	if i < 0 {
		t.Fatal("no section of phases")
	}
	var got []string
	for _, row := range doc.Sections[i].Tables[0].Rows {
		got = append(got, strings.Join(row.Cells, " | "))
	}
	want := []string{
		"introspect/down#1 | before, 1s | 500 | 20 | 0 | 0 | 1.00 ms | 2.00 ms | pass",
		"introspect/down#1 | issuer down, 1s | 100 | 0 | 400 | 0 | 3.00 ms | 4.00 ms | pass",
		"introspect/down#1 | after, 1s | 3 | 0 | 0 | 1 | - | - | pass",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := "Meanwhile (issuer down): introspect/down judges 20.0 % of the requests, p99 4.00 ms."; !slices.Contains(doc.Answer, want) {
		t.Errorf("answer %q, want %q", doc.Answer, want)
	}
	if said := strings.Join(doc.Answer, " "); strings.Contains(said, "answers at p99") {
		t.Errorf("latencies of all phases together are compared: %s", said)
	}
}
