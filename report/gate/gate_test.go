package gate

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

func load(change func(*results.StepResult)) results.StepResult {
	h := results.NewHistogram()
	results.Record(h, time.Millisecond)
	s := results.StepResult{
		Step:    results.Step{ID: "load/local/ES256@t#1"},
		Verdict: results.Pass,
		Series:  &results.Series{Sent: 1, Verdicts: results.SampleVerdicts{RightAllow: 1}, Response: results.EncodeHistogram(h)},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func check(verdict results.Verdict, level results.Level, accepted *results.Expectation) results.StepResult {
	f := results.Finding{Check: "rfc0/1/x", Target: "t", Verdict: verdict, Observed: "seen", Accepted: accepted}
	if level != "" {
		f.Requirements = []results.Requirement{{ID: "RFC0-1-x", Level: level}}
	}
	return results.StepResult{Step: results.Step{ID: "conform@t"}, Verdict: results.Pass, Findings: []results.Finding{f}}
}

// selected is a step with the items, of which the first alone has a result.
func selected(scenario string, items ...string) results.StepResult {
	s := results.StepResult{Step: results.Step{ID: "s", Scenario: scenario, Items: items}, Verdict: results.Pass}
	if op, ok := strings.CutPrefix(items[0], "cost/"); ok {
		s.Costs = []results.Cost{{Operation: op}}
	} else {
		s.Findings = []results.Finding{{Check: items[0], Verdict: results.Pass}}
	}
	return s
}

func skipped(s results.StepResult, item string, kind results.SkipKind) results.StepResult {
	s.Skipped = []results.Skip{{ID: item, Kind: kind, Reason: "no server"}}
	return s
}

func figure(v float64, worse results.Worse, limit float64) results.StepResult {
	return results.StepResult{Step: results.Step{ID: "s", Kind: results.KindFigures}, Verdict: results.Pass,
		Figures: []results.Figure{{Name: "stale", Unit: "s", Value: v, Worse: worse, Limit: &limit}}}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	steps := func(s ...results.StepResult) results.Run { return results.Run{Steps: s} }
	for _, c := range []struct {
		name   string
		run    results.Run
		want   results.Verdict
		reason string // part of the first reason; empty for none
	}{
		{"a step that passes", steps(load(nil)), results.Pass, ""},
		{"figures alone", steps(figure(1, results.WorseUp, 2)), results.Pass, ""},
		{"a figure above its limit", steps(figure(2.5, results.WorseUp, 2)), results.Fail, "stale is 2.5 s, beyond its limit of 2"},
		{"a figure below its limit", steps(figure(1.5, results.WorseDown, 2)), results.Fail, "beyond its limit of 2"},
		{"a figure that is no number", steps(figure(math.NaN(), results.WorseUp, 2)), results.Fail, "beyond its limit"},
		{"no steps", results.Run{}, results.Inconclusive, "nothing was measured"},
		{"only none", steps(results.StepResult{Step: results.Step{ID: "x"}, Reason: "why"}), results.Inconclusive, "nothing was measured"},
		{"one of two is none", steps(load(nil), results.StepResult{Step: results.Step{ID: "x", Target: "t"}, Reason: "why"}), results.Inconclusive, "x@t did not run: why"},
		{"interrupted", results.Run{Interrupted: true, Steps: []results.StepResult{load(nil)}}, results.Inconclusive, "interrupted"},
		{"planned and lost", results.Run{Plan: results.Plan{Steps: []results.Step{{ID: "lost"}}}, Steps: []results.StepResult{load(nil)}}, results.Inconclusive, "lost did not run"},
		{"not run", results.Run{Skipped: []results.Skip{{ID: "a", Kind: results.NotRun, Reason: "it ended"}}, Steps: []results.StepResult{load(nil)}}, results.Inconclusive, "a did not run: it ended"},
		{"not applicable", results.Run{Skipped: []results.Skip{{ID: "a", Kind: results.NotApplicable, Reason: "no"}}, Steps: []results.StepResult{load(nil)}}, results.Pass, ""},
		{"wrong allow in a passing step", steps(load(func(s *results.StepResult) {
			s.Series.Verdicts.WrongAllow, s.Series.Verdicts.First = 1, "expired token: 200"
		})), results.Fail, "1 wrong allowed: expired token: 200"},
		{"wrong deny in a passing step", steps(load(func(s *results.StepResult) { s.Series.Verdicts.WrongDeny = 2 })), results.Fail, "2 wrongly denied"},
		{"unanswered in a passing step", steps(load(func(s *results.StepResult) { s.Series.Verdicts.TransportError = 2 })), results.Inconclusive, "2 requests unanswered"},
		{"unsent in a passing step", steps(load(func(s *results.StepResult) { s.Series.Planned = 2 })), results.Inconclusive, "1 of 2 planned"},
		{"a selected check is missing", steps(selected("conform", "rfc0/1/x", "rfc0/1/y")), results.Inconclusive, "rfc0/1/y was selected and has no result"},
		{"the selected check is there", steps(selected("conform", "rfc0/1/x")), results.Pass, ""},
		{"a selected operation is missing", steps(selected("cost", "cost/sign/ES256", "cost/sign/EdDSA")), results.Inconclusive, "cost/sign/EdDSA was selected"},
		{"a selected operation has nothing to run on", steps(skipped(selected("cost", "cost/sign/ES256", "cost/store/redis"), "cost/store/redis", results.NotApplicable)), results.Pass, ""},
		{"a selected operation was prevented", steps(skipped(selected("cost", "cost/sign/ES256", "cost/store/redis"), "cost/store/redis", results.NotRun)), results.Inconclusive, "cost/store/redis did not run: no server"},
		{"none of the selected operations was run", steps(skipped(results.StepResult{
			Step: results.Step{ID: "s", Scenario: "cost", Items: []string{"cost/store/redis"}}, Verdict: results.Pass}, "cost/store/redis", results.NotApplicable)), results.Inconclusive, "without a result"},
		{"passed without a sample", steps(load(func(s *results.StepResult) { s.Series.Response = results.Histogram{} })), results.Inconclusive, "without a sample"},
		{"passed without a judged sample", steps(load(func(s *results.StepResult) { s.Series.Verdicts = results.SampleVerdicts{} })), results.Inconclusive, "without a sample"},
		{"passed without a result", steps(load(func(s *results.StepResult) { s.Series = nil })), results.Inconclusive, "without a result"},
		{"inconclusive step", steps(load(func(s *results.StepResult) { s.Verdict, s.Reason = results.Inconclusive, "late" })), results.Inconclusive, "inconclusive: late"},
		{"failed step", steps(load(func(s *results.StepResult) { s.Verdict = results.Fail })), results.Fail, "no reason was recorded"},
		{"harness error", steps(load(func(s *results.StepResult) { s.Verdict, s.Reason = results.Error, "panic" })), results.Error, "error: panic"},
		{"MUST fails", steps(check(results.Fail, results.Must, nil)), results.Fail, "rfc0/1/x@t: fail: seen"},
		{"PROFILE fails", steps(check(results.Fail, results.Profile, nil)), results.Fail, "seen"},
		{"SHOULD fails", steps(check(results.Fail, results.Should, nil)), results.Pass, ""},
		{"MAY fails", steps(check(results.Fail, results.May, nil)), results.Pass, ""},
		{"no level fails", steps(check(results.Fail, "", nil)), results.Fail, "seen"},
		{"accepted", steps(check(results.Fail, results.Must, &results.Expectation{Verdict: results.Fail})), results.Pass, ""},
		{"accepted as inconclusive", steps(check(results.Inconclusive, results.Must, &results.Expectation{Verdict: results.Inconclusive})), results.Pass, ""},
		{"an error that is accepted", steps(check(results.Error, results.Must, &results.Expectation{Verdict: results.Error})), results.Error, "seen"},
		{"another outcome is accepted", steps(check(results.Fail, results.Must, &results.Expectation{Verdict: results.Inconclusive})), results.Fail, "seen"},
		{"inconclusive check", steps(check(results.Inconclusive, results.Should, nil)), results.Inconclusive, "seen"},
		{"passed and no check applied", steps(check(results.None, results.Must, nil)), results.Inconclusive, "without a result"},
		{"check in error", steps(check(results.Error, results.May, nil)), results.Error, "seen"},
		{"the worst comes first", steps(load(func(s *results.StepResult) { s.Verdict, s.Reason = results.Inconclusive, "late" }), check(results.Fail, results.Must, nil)), results.Fail, "rfc0/1/x@t"},
	} {
		got := Decide(c.run)
		if got.Verdict != c.want {
			t.Errorf("%s: %v %q, want %v", c.name, got.Verdict, got.Reasons, c.want)
			continue
		}
		if c.reason == "" {
			if len(got.Reasons) > 0 {
				t.Errorf("%s: reasons %q, want none", c.name, got.Reasons)
			}
			continue
		}
		if len(got.Reasons) == 0 || !strings.Contains(got.Reasons[0], c.reason) {
			t.Errorf("%s: reasons %q, want the first to have %q", c.name, got.Reasons, c.reason)
		}
	}
}

// One cause is one reason: the step's own verdict isn't repeated behind it.
// A busy machine is said once. One good repetition is enough for a cell, and nothing that
// blames the server is excused by it.
func TestDisturbedStepsAreSaidOnce(t *testing.T) {
	t.Parallel()
	spoiled := func(cell string) results.StepResult {
		return load(func(s *results.StepResult) {
			s.Step.Scenario, s.Verdict, s.Disturbed, s.Reason = cell, results.Inconclusive, true, "a neighbour"
		})
	}
	good := load(func(s *results.StepResult) { s.Step.Scenario = "load/a" })
	tried := spoiled("load/b")
	tried.Superseded = true
	got := Decide(results.Run{Steps: []results.StepResult{spoiled("load/b"), spoiled("load/c"), tried}})
	if got.Verdict != results.Inconclusive || len(got.Reasons) != 1 || !strings.Contains(got.Reasons[0], "2 of 3 steps were disturbed") {
		t.Errorf("%v %q, want one reason for the two", got.Verdict, got.Reasons)
	}
	if got := Decide(results.Run{Steps: []results.StepResult{good, spoiled("load/a")}}); got.Verdict != results.Pass {
		t.Errorf("%v %q, want a pass: another repetition is good", got.Verdict, got.Reasons)
	}
	wrong := spoiled("load/a")
	wrong.Series.Verdicts.WrongAllow, wrong.Verdict = 1, results.Fail
	if got := Decide(results.Run{Steps: []results.StepResult{good, wrong}}); got.Verdict != results.Fail {
		t.Errorf("%v, want the wrong allow to count", got.Verdict)
	}
}

func TestReasonsDoNotRepeat(t *testing.T) {
	t.Parallel()
	s := check(results.Fail, results.Must, nil)
	s.Verdict, s.Reason = results.Fail, "1 check fails"
	if got := Decide(results.Run{Steps: []results.StepResult{s}}); len(got.Reasons) != 1 {
		t.Errorf("reasons %q, want one", got.Reasons)
	}
}

func TestStoredSample(t *testing.T) {
	t.Parallel()
	run, err := results.Load("../../results/testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	got := Decide(run)
	if got.Verdict != results.Fail || len(got.Reasons) != 2 {
		t.Errorf("%v %q, want a failure for the figure beyond its limit, then the unanswered check", got.Verdict, got.Reasons)
	}
}
