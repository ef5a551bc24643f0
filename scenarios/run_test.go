package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// rig is an environment whose death is told by the test.
type rig struct{ died chan targets.Death }

func (r rig) Instance(name string) *targets.Instance {
	return &targets.Instance{Target: targets.Target{Name: name}, Secrets: redact.New()}
}
func (r rig) Died() <-chan targets.Death { return r.died }

type silent struct{}

func (silent) StepStarted(int, results.Step)     {}
func (silent) StepProgress(int, float64, string) {}
func (silent) StepDone(int, results.StepResult)  {}

func threeSteps() results.Plan {
	return results.Plan{Steps: []results.Step{
		{ID: "a", Scenario: "a", Target: "x"}, {ID: "b", Scenario: "b", Target: "x"}, {ID: "c", Scenario: "c", Target: "x"},
	}}
}

// does is a workload that runs a function.
type does func(ctx context.Context, step results.Step, site Site) (results.StepResult, error)

func (does) Plan(Options) ([]results.Step, []results.Skip) { return nil, nil }

func (d does) Run(ctx context.Context, step results.Step, site Site) (results.StepResult, error) {
	return d(ctx, step, site)
}

// script makes the scenarios a, b and c; b does what it is told.
func script(b func(ctx context.Context) (results.StepResult, error)) []Scenario {
	pass := does(func(context.Context, results.Step, Site) (results.StepResult, error) {
		return results.StepResult{Verdict: results.Pass}, nil
	})
	return []Scenario{{Name: "a", Workload: pass}, {Name: "c", Workload: pass},
		{Name: "b", Workload: does(func(ctx context.Context, _ results.Step, _ Site) (results.StepResult, error) { return b(ctx) })}}
}

func TestExecute(t *testing.T) {
	t.Parallel()
	died, others := rig{make(chan targets.Death, 1)}, rig{make(chan targets.Death, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	wait := func(ctx context.Context) (results.StepResult, error) {
		<-ctx.Done()
		return results.StepResult{Verdict: results.Pass}, nil
	}
	for _, tt := range []struct {
		name    string
		ctx     context.Context
		env     rig
		b       func(ctx context.Context) (results.StepResult, error)
		verdict []results.Verdict
		notRun  int
		err     error
	}{
		{"all pass", t.Context(), rig{}, func(context.Context) (results.StepResult, error) {
			return results.StepResult{Verdict: results.Pass}, nil
		}, []results.Verdict{results.Pass, results.Pass, results.Pass}, 0, nil},
		{"one fails, the rest goes on", t.Context(), rig{}, func(context.Context) (results.StepResult, error) {
			return results.StepResult{}, errors.New("broken")
		}, []results.Verdict{results.Pass, results.Error, results.Pass}, 0, nil},
		{"interrupted: half a step is no pass", ctx, rig{}, func(within context.Context) (results.StepResult, error) {
			cancel()
			return wait(within)
		}, []results.Verdict{results.Pass, results.Inconclusive}, 1, context.Canceled},
		{"a server dies", t.Context(), died, func(within context.Context) (results.StepResult, error) {
			died.died <- targets.Death{Target: "x", Service: "issuer"}
			return wait(within)
		}, []results.Verdict{results.Pass, results.Inconclusive}, 1, targets.ErrDied},
		{"a server that isn't there any more dies", t.Context(), others, func(context.Context) (results.StepResult, error) {
			others.died <- targets.Death{Target: "y", Service: "issuer"}
			return results.StepResult{Verdict: results.Pass}, nil
		}, []results.Verdict{results.Pass, results.Pass, results.Pass}, 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := Runner{Scenarios: script(tt.b), Observer: silent{}}.Execute(tt.ctx, threeSteps(), tt.env)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if len(out.Steps) != len(tt.verdict) || len(out.Skipped) != tt.notRun {
				t.Fatalf("%d steps and %d not run, want %d and %d", len(out.Steps), len(out.Skipped), len(tt.verdict), tt.notRun)
			}
			for i, want := range tt.verdict {
				if got := out.Steps[i]; got.Verdict != want || want != results.Pass && got.Reason == "" {
					t.Errorf("step %s is %v (%q), want %v with a reason", got.Step.ID, got.Verdict, got.Reason, want)
				}
			}
		})
	}
}

// A server that dies ends its own steps: the one that runs, which says what it printed
// last, and those to come, which are listed. What others are to be asked is asked.
func TestExecuteSurvivesADeath(t *testing.T) {
	t.Parallel()
	died := rig{make(chan targets.Death, 2)}
	var plan results.Plan
	for _, id := range []string{"1 x", "2 y", "3 x", "4 y", "5", "6 z", "7 z", "8 y", "9 w"} {
		_, target, _ := strings.Cut(id, " ")
		plan.Steps = append(plan.Steps, results.Step{ID: id, Scenario: "a", Target: target})
	}
	w := does(func(ctx context.Context, step results.Step, site Site) (results.StepResult, error) {
		switch step.ID {
		case "1 x":
			site.Instance.Secrets.Add("s3cr3t-s3cr3t")
			died.died <- targets.Death{Target: "x", Service: "issuer", Logs: "1\n2\n3\n4\n5\n6\nlast words of s3cr3t-s3cr3t"}
			<-ctx.Done()
		case "6 z":
			died.died <- targets.Death{Target: "z", Service: "verifier", Logs: ""}
			<-ctx.Done()
		case "8 y":
			died.died <- targets.Death{Target: "w", Service: "issuer", Logs: "out of luck"}
			for len(died.died) > 0 { // until it is heard
				time.Sleep(time.Millisecond)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if step.Target == "y" && ctx.Err() != nil {
			t.Errorf("%s was cut short", step.ID)
		}
		return results.StepResult{Verdict: results.Pass}, nil
	})
	out, err := (Runner{Scenarios: []Scenario{{Name: "a", Workload: w}}, Observer: silent{}}).Execute(t.Context(), plan, died)
	if !errors.Is(err, targets.ErrDied) || !strings.Contains(err.Error(), "issuer of x") || !strings.Contains(err.Error(), "verifier of z") {
		t.Errorf("error %v, want both deaths", err)
	}
	var got []string
	for _, s := range out.Steps {
		got = append(got, s.Step.ID+" "+s.Verdict.String())
	}
	for _, s := range out.Skipped {
		if s.Kind != results.NotRun {
			t.Errorf("%+v", s)
		}
		got = append(got, s.ID+": "+s.Reason)
	}
	want := []string{"1 x inconclusive", "2 y pass", "4 y pass", "5 pass", "6 z inconclusive", "8 y pass", "3 x: the issuer of x ended by itself", "7 z: the verifier of z ended by itself",
		"9 w: the issuer of w ended by itself; its last lines: out of luck"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if reason := out.Steps[0].Reason; !strings.HasPrefix(reason, "the issuer of x ended by itself; its last lines: 3 | 4 | 5 | 6 | last words of ") || strings.Contains(reason, "s3cr3t") {
		t.Errorf("reason %q, want the last lines without the secret", reason)
	}
}

// ripens is a workload with something to prepare.
type ripens struct {
	does
	prepare func(inst *targets.Instance, steps []results.Step) error
}

func (r ripens) Prepare(_ context.Context, inst *targets.Instance, steps []results.Step) error {
	return r.prepare(inst, steps)
}

// What has to ripen is begun before the first step, once for each target.
func TestExecutePrepares(t *testing.T) {
	t.Parallel()
	var order []string
	all := script(nil)
	all[2].Workload = ripens{func(context.Context, results.Step, Site) (results.StepResult, error) {
		order = append(order, "run b")
		return results.StepResult{Verdict: results.Pass}, nil
	}, func(inst *targets.Instance, steps []results.Step) error {
		order = append(order, fmt.Sprintf("prepare %d b on %s", len(steps), inst.Target.Name))
		return errors.New("which the step will meet again")
	}}
	plan := threeSteps()
	plan.Steps = append(plan.Steps, results.Step{ID: "b2", Scenario: "b", Target: "x"}, results.Step{ID: "b3", Scenario: "b", Target: "y"})
	if _, err := (Runner{Scenarios: all, Observer: silent{}}).Execute(t.Context(), plan, rig{}); err != nil {
		t.Fatal(err)
	}
	want := []string{"prepare 2 b on x", "prepare 1 b on y", "run b", "run b", "run b"}
	if !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
}

// keeps is a workload with something to end.
type keeps struct {
	does
	finish func(context.Context) error
}

func (k keeps) Finish(ctx context.Context) error { return k.finish(ctx) }

// What a workload kept between its steps is ended once, also when the run was interrupted,
// and what goes wrong then isn't passed over.
func TestExecuteFinishes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		failure error
		cut     bool
	}{{"all is well", nil, false}, {"it can't be ended", errors.New("it stays"), false}, {"interrupted", nil, true}} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		finished := 0
		all := script(nil)
		all[2].Workload = keeps{func(context.Context, results.Step, Site) (results.StepResult, error) {
			if tt.cut {
				cancel()
			}
			return results.StepResult{Verdict: results.Pass}, nil
		}, func(ctx context.Context) error {
			finished++
			return errors.Join(ctx.Err(), tt.failure)
		}}
		plan := threeSteps()
		plan.Steps = append(plan.Steps, results.Step{ID: "b2", Scenario: "b", Target: "x"})
		_, err := (Runner{Scenarios: all, Observer: silent{}}).Execute(ctx, plan, rig{})
		if finished != 1 || tt.failure != nil && (!errors.Is(err, tt.failure) || !strings.Contains(err.Error(), "finish b")) || (err != nil) != (tt.cut || tt.failure != nil) {
			t.Errorf("%s: finished %d times, %v", tt.name, finished, err)
		}
	}
}

// Each step has a seed of its own, or all repetitions would have the same arrivals and
// the same luck; and it has an instance just where it has a target.
func TestExecuteGivesEachStepItsSite(t *testing.T) {
	t.Parallel()
	seeds := map[uint64]bool{}
	w := does(func(_ context.Context, step results.Step, site Site) (results.StepResult, error) {
		seeds[site.Seed] = true
		if (site.Instance != nil) != (step.Target != "") {
			t.Errorf("%s: instance %v for target %q", step.ID, site.Instance, step.Target)
		}
		return results.StepResult{Verdict: results.Pass}, nil
	})
	plan := results.Plan{Seed: 41, Steps: []results.Step{{ID: "1", Scenario: "a", Target: "x"}, {ID: "2", Scenario: "a", Target: "x"}, {ID: "3", Scenario: "a"}}}
	if _, err := (Runner{Scenarios: []Scenario{{Name: "a", Workload: w}}, Observer: silent{}}).Execute(t.Context(), plan, rig{}); err != nil {
		t.Fatal(err)
	}
	if len(seeds) != len(plan.Steps) {
		t.Errorf("%d seeds for %d steps", len(seeds), len(plan.Steps))
	}
}

// A disturbed step is tried again, at most twice, and every try is kept. A machine that
// is busy for good isn't waited for.
func TestExecuteTriesAgain(t *testing.T) {
	t.Parallel()
	disturbed := map[string]int{"1": 1, "2": 9, "3": 0, "4": 9, "5": 9, "6": 9, "7": 9}
	w := does(func(_ context.Context, step results.Step, _ Site) (results.StepResult, error) {
		disturbed[step.ID]--
		if disturbed[step.ID] >= 0 {
			return results.StepResult{Verdict: results.Inconclusive, Disturbed: true}, nil
		}
		return results.StepResult{Verdict: results.Pass}, nil
	})
	plan := results.Plan{}
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		plan.Steps = append(plan.Steps, results.Step{ID: id, Scenario: "a"})
	}
	out, err := (Runner{Scenarios: []Scenario{{Name: "a", Workload: w}}, Observer: silent{}}).Execute(t.Context(), plan, rig{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range out.Steps {
		got = append(got, fmt.Sprintf("%s %v", s.Step.ID, s.Superseded))
	}
	want := []string{"1 true", "1 false", "2 true", "2 true", "2 false", "3 false",
		"4 true", "4 true", "4 false", "5 true", "5 true", "5 false", "6 true", "6 true", "6 false", "7 false"}
	if !slices.Equal(got, want) {
		t.Errorf("tries %q, want %q", got, want)
	}
}

// A load step is tried again when this machine wasn't as fast right before it or right
// after it as it usually is. Between two steps the speed is measured once.
func TestExecuteMindsTheSpeed(t *testing.T) {
	t.Parallel()
	pass := does(func(context.Context, results.Step, Site) (results.StepResult, error) {
		return results.StepResult{Verdict: results.Pass}, nil
	})
	for _, tt := range []struct {
		name   string
		kind   results.Kind
		speeds []float64
		want   []string
	}{
		{"steady", results.KindLoad, []float64{100, 110, 90, 80}, []string{"1 pass", "2 pass", "3 pass"}},
		{"slower for a while", results.KindLoad, []float64{100, 100, 60, 100, 100, 100}, []string{"1 pass", "2 inconclusive", "2 inconclusive", "2 pass", "3 pass"}},
		{"faster", results.KindLoad, []float64{100, 140, 100, 100, 100, 100}, []string{"1 inconclusive", "1 inconclusive", "1 pass", "2 pass", "3 pass"}},
		{"one loop alone", results.KindLoad, []float64{-100, -60, -140, -100}, []string{"1 pass", "2 pass", "3 pass"}},
		{"no load", results.KindCost, nil, []string{"1 pass", "2 pass", "3 pass"}},
	} {
		var plan results.Plan
		for _, id := range []string{"1", "2", "3"} {
			plan.Steps = append(plan.Steps, results.Step{ID: id, Scenario: "a", Kind: tt.kind})
		}
		left := tt.speeds
		run := Runner{Scenarios: []Scenario{{Name: "a", Workload: pass}}, Observer: silent{}, Calibrate: func() results.Calibration {
			now := left[0]
			left = left[1:]
			if now < 0 {
				return results.Calibration{SHA256PerMs: 1000, P256PerMs: -now}
			}
			return results.Calibration{SHA256PerMs: 10 * now, P256PerMs: now}
		}}
		out, err := run.Execute(t.Context(), plan, rig{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range out.Steps {
			got = append(got, fmt.Sprintf("%s %v", s.Step.ID, s.Verdict))
			if tt.kind == results.KindLoad && len(s.Calibrations) != 2 {
				t.Errorf("%s: %d calibrations of a step", tt.name, len(s.Calibrations))
			}
			if s.Disturbed != (s.Verdict != results.Pass) || s.Disturbed && !strings.Contains(s.Reason, "ECDSA P-256 signatures ran at 100/ms in the median of this run") {
				t.Errorf("%s: step %s, disturbed %v: %q", tt.name, s.Step.ID, s.Disturbed, s.Reason)
			}
		}
		if !slices.Equal(got, tt.want) || len(left) != 0 {
			t.Errorf("%s: %q with %d calibrations left, want %q", tt.name, got, len(left), tt.want)
		}
	}
}

// Further tries are given up when they would make the run much longer than it was said to be.
func TestExecuteKeepsToItsTime(t *testing.T) {
	t.Parallel()
	disturbed := does(func(context.Context, results.Step, Site) (results.StepResult, error) {
		return results.StepResult{Verdict: results.Inconclusive, Disturbed: true}, nil
	})
	good := does(func(context.Context, results.Step, Site) (results.StepResult, error) {
		return results.StepResult{Verdict: results.Pass}, nil
	})
	var plan results.Plan
	for i := range 16 {
		scenario := "good"
		if i%2 == 0 {
			scenario = "disturbed"
		}
		plan.Steps = append(plan.Steps, results.Step{ID: fmt.Sprint(i), Scenario: scenario, Takes: results.Duration(time.Second)})
	}
	run := Runner{Scenarios: []Scenario{{Name: "disturbed", Workload: disturbed}, {Name: "good", Workload: good}}, Observer: silent{}}
	out, err := run.Execute(t.Context(), plan, rig{})
	if err != nil || len(out.Steps) != 18 {
		t.Errorf("%d tries of 16 steps, %v; want two more, which is an eighth", len(out.Steps), err)
	}
}
