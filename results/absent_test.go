package results

import (
	"reflect"
	"testing"
)

func TestAbsent(t *testing.T) {
	t.Parallel()
	run := Run{
		Plan: Plan{
			Steps:   []Step{{ID: "ran"}, {ID: "came to nothing", Target: "t"}, {ID: "lost"}, {ID: "skipped", Target: "t"}},
			Skipped: []Skip{{"planned away", "t", NotApplicable, "no such form"}},
		},
		Skipped: []Skip{{"skipped", "t", NotRun, "the target ended"}, {"planned away", "t", NotRun, "said twice"}},
		Steps: []StepResult{
			{Step: Step{ID: "ran"}, Verdict: Pass, Findings: []Finding{{Check: "a", Target: "t", Verdict: None, Reason: "no jwks"}, {Check: "b", Verdict: Pass}}},
			{Step: Step{ID: "came to nothing", Target: "t"}, Verdict: None},
		},
	}
	want := []Skip{
		{"planned away", "t", NotApplicable, "no such form"},
		{"skipped", "t", NotRun, "the target ended"},
		{"a", "t", NotApplicable, "no jwks"},
		{"came to nothing", "t", NotRun, "no reason was recorded"},
		{"lost", "", NotRun, "the run recorded nothing of it"},
	}
	if got := Absent(run); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	shared := Share([]Skip{want[0], want[2], {"d", "t", NotApplicable, "no such form"}, {"e", "", NotRun, "no such form"}})
	if !reflect.DeepEqual(shared, []Shared{{NotApplicable, "no such form", []string{"planned away@t", "d@t"}}, {NotApplicable, "no jwks", []string{"a@t"}}, {NotRun, "no such form", []string{"e"}}}) {
		t.Errorf("shared %v", shared)
	}
	run.Interrupted = true
	got := Absent(run)
	if last := got[len(got)-1]; last.Reason != "the run was interrupted before it" {
		t.Errorf("reason %q, want the interruption", last.Reason)
	}
}
