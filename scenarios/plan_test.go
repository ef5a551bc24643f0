package scenarios

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// laid is a workload whose steps are given.
type laid struct {
	kind    results.Kind
	target  string
	remote  bool
	reps    int // 0 for a step that runs once
	skipped []results.Skip
}

func (l laid) Plan(o Options) ([]results.Step, []results.Skip) {
	step := results.Step{ID: fmt.Sprint(l.kind, l.target, o.Whole, o.Items), Kind: l.kind, Target: l.target, Remote: l.remote}
	if l.reps == 0 {
		return []results.Step{step}, l.skipped
	}
	var out []results.Step
	for n := 1; n <= l.reps; n++ {
		step.ID, step.Repetition = fmt.Sprint(l, n), n
		out = append(out, step)
	}
	return out, l.skipped
}

func (laid) Run(context.Context, results.Step, Site) (results.StepResult, error) {
	return results.StepResult{Verdict: results.Pass}, nil
}

func selection(name string, w Workload) Selection {
	return Selection{Scenario: Scenario{Name: name, Workload: w}, Whole: true}
}

func here() Options {
	return Options{Targets: []targets.Target{{Name: "x"}}, Profile: Profile{Name: "p"}}
}

func TestPlanInterleaves(t *testing.T) {
	t.Parallel()
	selected := []Selection{
		selection("load/a", laid{kind: "a", target: "x", reps: 4}), selection("conform", laid{kind: "conformance", target: "x"}),
		selection("load/b", laid{kind: "b", target: "x", reps: 4}), selection("cost", laid{kind: "cost"}), selection("load/c", laid{kind: "c", target: "x", reps: 4}),
	}
	plan, err := Make(selected, here(), 7)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Steps[0].Scenario != "conform" || plan.Steps[1].Scenario != "cost" || len(plan.Steps) != 2+3*4 {
		t.Fatalf("steps %v, want conform, cost and 12 that are repeated", plan.Steps)
	}
	// Every block of three holds each cell once: no cell gets the machine's best minute.
	orders := map[string]bool{}
	for n := range 4 {
		seen := map[string]bool{}
		var order []string
		for _, step := range plan.Steps[2+3*n : 5+3*n] {
			seen[step.Scenario] = true
			order = append(order, step.Scenario)
			if step.Repetition != n+1 {
				t.Errorf("step %+v, want repetition %d", step, n+1)
			}
		}
		if len(seen) != 3 {
			t.Errorf("repetition %d is %v, want each cell once", n+1, order)
		}
		orders[strings.Join(order, " ")] = true
	}
	if len(orders) < 2 {
		t.Error("every repetition has the same order")
	}
	again, _ := Make(selected, here(), 7)
	other, _ := Make(selected, here(), 8)
	if !reflect.DeepEqual(plan, again) || reflect.DeepEqual(plan.Steps, other.Steps) {
		t.Error("the seed doesn't fix the plan")
	}
}

func TestPlanPassesTheSelectionOn(t *testing.T) {
	t.Parallel()
	sel := selection("cost", laid{kind: "cost"})
	sel.Whole, sel.Parts = false, []string{"cost/a"}
	plan, err := Make([]Selection{sel}, here(), 1)
	if err != nil || plan.Steps[0].ID != "cost false [cost/a]" && plan.Steps[0].ID != "costfalse [cost/a]" {
		t.Errorf("steps %v, %v: want one that was told its items", plan.Steps, err)
	}
}

func TestPlanListsWhatDoesNotApply(t *testing.T) {
	t.Parallel()
	skip := results.Skip{ID: "load/b", Target: "x", Kind: results.NotApplicable, Reason: "no keys"}
	plan, err := Make([]Selection{selection("a", laid{kind: "a"}), selection("b", laid{kind: "b", skipped: []results.Skip{skip}})}, here(), 1)
	if err != nil || len(plan.Skipped) != 1 || plan.Skipped[0] != skip {
		t.Errorf("skipped %v, %v: want %v", plan.Skipped, err, skip)
	}
}

// What says nothing stays on this machine, whatever its kind.
func TestPlanKeepsToThisMachine(t *testing.T) {
	t.Parallel()
	o := Options{Targets: []targets.Target{{Name: "near", URL: "http://127.0.0.1:1"}, {Name: "far", URL: "https://as.example"},
		{Name: "allowed", URL: "https://as.example", AllowHosts: []string{"as.example"}}, {Name: "other", URL: "https://as.example", AllowHosts: []string{"other.example"}}}}
	for _, tt := range []struct {
		w      laid
		refuse bool
	}{
		{laid{kind: "figures", target: "far"}, true},
		{laid{kind: results.KindLoad, target: "far", reps: 2}, true},
		{laid{kind: "figures", target: "nobody"}, true},
		{laid{kind: results.KindLoad, target: "other", reps: 2}, true},
		{laid{kind: results.KindLoad, target: "allowed", reps: 2}, false},
		{laid{kind: "figures", target: "near"}, false},
		{laid{kind: "figures"}, false}, // in this process
		{laid{kind: "figures", target: "far", remote: true}, false},
	} {
		_, err := Make([]Selection{selection("s", tt.w)}, o, 1)
		var remote *RemoteError
		if errors.As(err, &remote) != tt.refuse || tt.refuse && remote.Target != tt.w.target || !tt.refuse && err != nil {
			t.Errorf("%+v: error %v, want refusal %v", tt.w, err, tt.refuse)
		}
	}
}

// Two steps of one name would be one in every report, and one without a kind in none.
func TestPlanRefusesWhatCannotBeTold(t *testing.T) {
	t.Parallel()
	for name, selected := range map[string][]Selection{
		"same name": {selection("a", laid{kind: "a"}), selection("b", laid{kind: "a"})},
		"no kind":   {selection("a", laid{})},
	} {
		if _, err := Make(selected, here(), 1); err == nil || !strings.Contains(err.Error(), "has no kind, or a name that another has") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// What nobody selected is no reason for a run.
func TestPlanOfWhatStandsBesideOthers(t *testing.T) {
	t.Parallel()
	beside := selection("floor", laid{kind: "floor", target: "x"})
	beside.Beside = true
	if plan, err := Make([]Selection{beside, selection("none", laid{kind: "cost"})}, here(), 1); err != nil || len(plan.Steps) != 1 {
		t.Errorf("%v, %v: want the floor only on a target where something else is measured", plan.Steps, err)
	}
	if plan, err := Make([]Selection{beside, selection("a", laid{kind: "a", target: "x"})}, here(), 1); err != nil || len(plan.Steps) != 2 || plan.Steps[1].Scenario != "floor" {
		t.Errorf("%v, %v: want the floor behind what it is beside", plan.Steps, err)
	}
	if _, err := Make([]Selection{beside}, here(), 1); !errors.Is(err, ErrNothingApplies) {
		t.Errorf("the floor alone: error %v", err)
	}
}

func TestEmptyPlanIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := Make(nil, here(), 1); !errors.Is(err, ErrNothingApplies) {
		t.Errorf("error %v, want ErrNothingApplies", err)
	}
}
