package choose

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

// revoking is a revocation step of a strategy with ES256.
func revoking(strategy string, figures ...results.Figure) results.StepResult {
	return results.StepResult{Step: results.Step{ID: "revocation/" + strategy, Scenario: "revocation/" + strategy, Kind: results.KindLoad, Target: "t",
		Axes: []results.Axis{{Name: "strategy", Value: strategy}, {Name: "form", Value: "ES256", Class: "self-contained"}}}, Verdict: results.Pass, Figures: figures}
}

func seen(v, refused float64) results.Figure {
	return results.Figure{Name: "staleness max", Unit: "s", Value: v, Low: v, High: refused}
}

func bound(name string, v float64) results.Figure {
	return results.Figure{Name: name, Unit: "s", Value: v}
}

func change(s results.StepResult, change func(*results.StepResult)) results.StepResult {
	change(&s)
	return s
}

func TestStaleness(t *testing.T) {
	t.Parallel()
	one, half := 1.0, 0.5
	limited := func(v float64, limit *float64) results.Figure {
		f := seen(v, v+0.25)
		f.Limit, f.Worse = limit, results.WorseUp
		return f
	}
	here, declared := "bound in this step: the cache's TTL", "declared bound"
	form := func(value, class string) func(*results.StepResult) {
		return func(s *results.StepResult) {
			s.Step.Axes = []results.Axis{{Name: "strategy", Value: "a"}, {Name: "form", Value: value, Class: class}}
		}
	}
	for _, c := range []struct {
		name  string
		steps []results.StepResult
		skips []results.Skip
		want  Figure
	}{
		{"no step", nil, nil, Figure{Why: "it wasn't measured"}},
		{"of another strategy", []results.StepResult{revoking("b", seen(1, 1.1))}, nil, Figure{Why: "it wasn't measured"}},
		{"of another target", []results.StepResult{change(revoking("a", seen(1, 1.1)), func(s *results.StepResult) { s.Step.Target = "u" })}, nil, Figure{Why: "it wasn't measured"}},
		{"of another scenario", []results.StepResult{change(revoking("a", seen(1, 1.1)), func(s *results.StepResult) { s.Step.Scenario = "outage/a" })}, nil, Figure{Why: "it wasn't measured"}},
		{"measured", []results.StepResult{revoking("a", seen(1, 1.1))}, nil, Figure{Value: 1, Low: 1, High: 1.1, Known: true}},
		{"never let in again", []results.StepResult{revoking("a", seen(0, 0.05))}, nil, Figure{High: 0.05, Known: true}},
		{"not superseded", []results.StepResult{change(revoking("a", seen(9, 9)), func(s *results.StepResult) { s.Superseded = true }), revoking("a", seen(1, 1.1))}, nil, Figure{Value: 1, Low: 1, High: 1.1, Known: true}},
		{"the worst of two", []results.StepResult{revoking("a", seen(1, 1.1)), revoking("a", seen(2, 2.1)), revoking("a", seen(0.5, 3))}, nil, Figure{Value: 2, Low: 2, High: 3, Known: true}},
		{"of two one isn't known", []results.StepResult{revoking("a", seen(1, 1.1)), change(revoking("a"), func(s *results.StepResult) { s.Verdict, s.Reason = results.Inconclusive, "late" })}, nil,
			Figure{Why: "its revocation step is inconclusive (late)"}},
		{"a failed step did measure", []results.StepResult{change(revoking("a", seen(61, 61.2)), func(s *results.StepResult) { s.Verdict = results.Fail })}, nil, Figure{Value: 61, Low: 61, High: 61.2, Known: true}},
		{"an inconclusive step didn't", []results.StepResult{change(revoking("a", seen(61, 61.2)), func(s *results.StepResult) { s.Verdict = results.Inconclusive })}, nil, Figure{Why: "its revocation step is inconclusive"}},
		{"another unit", []results.StepResult{revoking("a", results.Figure{Name: "staleness max", Unit: "ms", Value: 1})}, nil, Figure{Why: "its revocation step has no figure of it"}},
		{"longer than the step", []results.StepResult{revoking("a", bound("staleness, longer than the step: at least", 2.4), bound(declared, 300))}, nil, Figure{Why: "it was longer than the step", AtLeast: 2.4}},
		{"the same bound", []results.StepResult{revoking("a", limited(0.75, &one), bound(here, 1), bound(declared, 1))}, nil, Figure{Value: 0.75, Low: 0.75, High: 1, Known: true}},
		{"a wider bound here", []results.StepResult{revoking("a", limited(0.5, &one), bound(here, 1), bound(declared, 0))}, nil, Figure{Value: 0.5, Low: 0.5, High: 0.75, Known: true}},
		{"a shorter bound was kept", []results.StepResult{revoking("a", limited(0.9, &one), bound(here, 1), bound(declared, 60))}, nil, Figure{Value: 60, Low: 60, High: 60, Known: true, Kept: true, Seen: 0.9, Here: 1}},
		{"a shorter bound was broken", []results.StepResult{change(revoking("a", limited(0.9, &half), bound(here, 0.5), bound(declared, 60)), func(s *results.StepResult) { s.Verdict = results.Fail })}, nil,
			Figure{Why: "it was 900ms where 500ms was the bound", AtLeast: 0.9}},
		{"declared and not measured", []results.StepResult{revoking("a", bound(declared, 60))}, nil, Figure{Why: "its revocation step has no figure of it"}},
		{"another form of the class", []results.StepResult{change(revoking("a", seen(1, 1.1)), form("RS256", "self-contained"))}, nil, Figure{Value: 1, Low: 1, High: 1.1, Known: true}},
		{"its form before others of the class", []results.StepResult{change(revoking("a", seen(9, 9)), form("RS256", "self-contained")), revoking("a", seen(1, 1.1))}, nil, Figure{Value: 1, Low: 1, High: 1.1, Known: true}},
		{"another class", []results.StepResult{change(revoking("a", seen(1, 1.1)), form("opaque", "opaque"))}, nil, Figure{Why: "it wasn't measured"}},
		{"does not apply", nil, []results.Skip{{ID: "revocation/a", Target: "t", Kind: results.NotApplicable, Reason: "no revocation"}}, Figure{Why: "its revocation doesn't apply: no revocation"}},
		{"did not run", nil, []results.Skip{{ID: "revocation/a/ES256@t#1", Target: "t", Kind: results.NotRun, Reason: "interrupted"}}, Figure{Why: "its revocation did not run: interrupted"}},
	} {
		run := results.Run{Steps: c.steps, Skipped: c.skips}
		step := results.Step{Scenario: "load/a", Target: "t", Axes: []results.Axis{{Name: "strategy", Value: "a"}, {Name: "form", Value: "ES256", Class: "self-contained"}}}
		got := revocationsOf(run).of(step)
		told := got.Declared != nil
		if want := strings.Contains(c.name, "bound") && c.want.Known || c.want.AtLeast > 0 || strings.HasPrefix(c.name, "declared"); told != want {
			t.Errorf("%s: tells what is declared: %v, want %v", c.name, told, want)
		}
		if got.Declared = nil; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
