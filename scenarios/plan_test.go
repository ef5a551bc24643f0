package scenarios

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

var planned = []Selection{
	{Scenario: Scenario{ID: "conform", Needs: []targets.Capability{targets.ClientCredentials}}},
	{Scenario: Scenario{ID: "cost", InProcess: true}, Items: []string{"cost/sign/ES256"}},
	{Scenario: Scenario{ID: "load/a", Load: true, Strategy: "introspect", Form: "opaque", Needs: []targets.Capability{targets.Issues("opaque")}}},
	{Scenario: Scenario{ID: "load/b", Load: true, Strategy: "local", Form: "ES256", Needs: []targets.Capability{targets.Issues("ES256")}}},
	{Scenario: Scenario{ID: "load/c", Load: true, Strategy: "introspect-cached", Form: "opaque", Needs: []targets.Capability{targets.Issues("opaque")}}},
}

func server(name string, c ...targets.Capability) targets.Target {
	return targets.Target{Name: name, Capabilities: append(c, targets.ClientCredentials)}
}

func TestPlanInterleaves(t *testing.T) {
	t.Parallel()
	p := Profile{Name: "p", Repetitions: 4, Duration: time.Second, Rate: 100, Workers: 8, Tokens: 10, Arrivals: results.Poisson}
	list := []targets.Target{server("x", targets.Issues("opaque"), targets.Issues("ES256"))}
	plan, err := Make(planned, list, p, nil, 7)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Steps[0].ID != "conform@x" || plan.Steps[1].ID != "cost" || len(plan.Steps) != 2+3*4 {
		t.Fatalf("steps %v, want conform, cost and 12 load steps", plan.Steps)
	}
	// Every block of three holds each cell once: no cell gets the machine's best minute.
	orders := map[string]bool{}
	for n := range 4 {
		seen := map[string]bool{}
		var order []string
		for _, step := range plan.Steps[2+3*n : 5+3*n] {
			seen[step.Scenario] = true
			order = append(order, step.Scenario)
			if step.Repetition != n+1 || step.Rate != 100 || step.Arrivals != results.Poisson {
				t.Errorf("step %+v, want repetition %d at 100/s", step, n+1)
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
	again, _ := Make(planned, list, p, nil, 7)
	other, _ := Make(planned, list, p, nil, 8)
	if !reflect.DeepEqual(plan, again) || reflect.DeepEqual(plan.Steps, other.Steps) {
		t.Error("the seed doesn't fix the plan")
	}
}

func TestPlanListsWhatDoesNotApply(t *testing.T) {
	t.Parallel()
	p := Profile{Repetitions: 1, Duration: time.Second, Rate: 1, Arrivals: results.Constant}
	plan, err := Make(planned, []targets.Target{server("x", targets.Issues("opaque")), server("y", targets.Issues("ES256"))}, p, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range plan.Skipped {
		got[s.ID+"@"+s.Target] = s.Reason
		if s.Kind != results.NotApplicable {
			t.Errorf("%s is %s, want not applicable", s.ID, s.Kind)
		}
	}
	want := map[string]string{
		"load/b@x": "target x doesn't declare issue/ES256",
		"load/a@y": "target y doesn't declare issue/opaque",
		"load/c@y": "target y doesn't declare issue/opaque",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("skipped %v, want %v", got, want)
	}
}

func TestPlanRates(t *testing.T) {
	t.Parallel()
	p := Profile{Repetitions: 1, Duration: time.Second, Rate: 1, Arrivals: results.Constant}
	list := []targets.Target{server("x", targets.Issues("opaque"))}
	plan, err := Make(planned[2:3], list, p, []float64{100, 200}, 1)
	if err != nil || len(plan.Steps) != 2 || plan.Steps[0].ID == plan.Steps[1].ID {
		t.Errorf("steps %v, %v: want one for each of two rates", plan.Steps, err)
	}
	p.Arrivals = results.Closed
	if plan, err = Make(planned[2:3], list, p, nil, 1); err != nil || plan.Steps[0].Rate != 0 {
		t.Errorf("steps %v, %v: closed arrivals have no rate", plan.Steps, err)
	}
}

func TestEmptyPlanIsAnError(t *testing.T) {
	t.Parallel()
	_, err := Make(planned[3:4], []targets.Target{server("x", targets.Issues("opaque"))}, Profile{Repetitions: 1}, nil, 1)
	if !errors.Is(err, ErrNothingApplies) {
		t.Errorf("error %v, want ErrNothingApplies", err)
	}
}
