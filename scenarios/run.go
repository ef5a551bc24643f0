package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Observer is told how a run goes, for a person to watch.
type Observer interface {
	StepStarted(i int, step results.Step)
	StepProgress(i int, done float64, note string) // done from 0 to 1
	StepDone(i int, r results.StepResult)
}

// Environment is what a run needs of the started targets.
type Environment interface {
	// Instance returns the started target of that name.
	Instance(name string) *targets.Instance
	// Died tells of services that ended by themselves.
	Died() <-chan targets.Death
}

// Outcome is what executing a plan produced.
type Outcome struct {
	Steps   []results.StepResult
	Skipped []results.Skip
}

// maxTries is how often a step is tried that the machine or the generator disturbs. Once
// so many in a row stayed disturbed as patience allows, the machine is busy for good, and
// the rest is tried once.
//
// All tries beside the first take no more than an eighth of what the plan takes: a run that
// was said to take a minute and a half doesn't take three on a machine that is never quiet,
// and a cell with several repetitions is judged by the good ones.
const (
	maxTries  = 3
	patience  = 3
	sparePart = 8
)

// Runner carries out plans.
type Runner struct {
	Scenarios []Scenario
	Budget    time.Duration // of a step that has one
	Observer  Observer
	Trace     *Trace // that steps replay; may be nil
	// Calibrate measures the speed of this machine, between steps that load a server; nil
	// for not at all.
	Calibrate func() results.Calibration
}

// Execute runs the plan's steps in order. A step that was disturbed is tried again, and
// all tries are kept. Whatever ends it early, the outcome holds
// what was measured until then, and lists the rest as not run.
//
// It returns the context's error when that ended the run. When a service ended by itself,
// its step is cut short, the target's other steps aren't run, and those of the other
// targets are; then it returns the targets.Death, joined with others. An error of one
// step is that step's verdict, and the run goes on.
func (run Runner) Execute(ctx context.Context, plan results.Plan, env Environment) (out Outcome, failed error) {
	o := run.Observer
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	gone := &deaths{of: map[string]targets.Death{}, reasons: map[string]string{}}
	go gone.watch(ctx, env.Died())
	byName := make(map[string]Scenario, len(run.Scenarios))
	for _, s := range run.Scenarios {
		byName[s.Name] = s
	}
	defer func() {
		if err := finish(context.WithoutCancel(ctx), plan.Steps, byName); err != nil {
			failed = errors.Join(failed, err)
		}
	}()
	prepare(ctx, plan.Steps, byName, env)
	speed := speedometer{calibrate: run.Calibrate}
	spare := results.Duration(0) // for further tries
	for _, step := range plan.Steps {
		spare += step.Takes / sparePart
	}
	lost := 0 // steps in a row that all tries left disturbed
	for i, step := range plan.Steps {
		s, ok := byName[step.Scenario]
		if !ok {
			return out, fmt.Errorf("run %s: no scenario is called %q", step.ID, step.Scenario)
		}
		within, done, dead := gone.begin(ctx, step.Target)
		if dead {
			reason := gone.mourn(step.Target, false)
			if inst := env.Instance(step.Target); inst != nil {
				reason = inst.Secrets.Redact(reason)
			}
			out.Skipped = append(out.Skipped, NotRun(plan.Steps[i:i+1], reason)...)
			continue
		}
		site := Site{Seed: plan.Seed + uint64(i), Budget: results.Duration(run.Budget), Trace: run.Trace,
			Progress: func(done float64, note string) { o.StepProgress(i, done, note) }}
		if step.Target != "" {
			if site.Instance = env.Instance(step.Target); site.Instance == nil {
				return out, fmt.Errorf("run %s: target %q was not started", step.ID, step.Target)
			}
		}
		tries := maxTries
		if lost >= patience {
			tries = 1
		}
		var r results.StepResult
		var end error
		for try := 1; ; try++ {
			if tries > try && step.Takes > spare {
				tries = try
			}
			o.StepStarted(i, step)
			speed.before(step)
			r, end = perform(within, s, step, site)
			if end == nil {
				speed.after(&r)
			}
			r.Superseded = r.Disturbed && end == nil && try < tries
			o.StepDone(i, r)
			out.Steps = append(out.Steps, r)
			if !r.Superseded {
				break
			}
			spare -= step.Takes
		}
		done()
		if lost++; !r.Disturbed {
			lost = 0
		}
		if death := (targets.Death{}); errors.As(end, &death) {
			gone.mourn(step.Target, true)
		} else if end != nil {
			out.Skipped = append(out.Skipped, NotRun(plan.Steps[i+1:], cutShort(end))...)
			return out, end
		}
	}
	return out, errors.Join(gone.mourned...)
}

// prepare lets each workload prepare what its steps on a target need. An error isn't
// looked at: the step that needs what is missing meets it again, and says so.
func prepare(ctx context.Context, steps []results.Step, byName map[string]Scenario, env Environment) {
	type pair struct{ scenario, target string }
	var order []pair
	of := map[pair][]results.Step{}
	for _, step := range steps {
		p := pair{step.Scenario, step.Target}
		if of[p] == nil {
			order = append(order, p)
		}
		of[p] = append(of[p], step)
	}
	for _, p := range order {
		if w, ok := byName[p.scenario].Workload.(Preparer); ok {
			if inst := env.Instance(p.target); inst != nil {
				_ = w.Prepare(ctx, inst, of[p])
			}
		}
	}
}

// finish lets each workload end what it kept for its steps.
func finish(ctx context.Context, steps []results.Step, byName map[string]Scenario) error {
	var errs []error
	done := map[string]bool{}
	for _, step := range steps {
		w, ok := byName[step.Scenario].Workload.(Finisher)
		if !ok || done[step.Scenario] {
			continue
		}
		done[step.Scenario] = true
		within, cancel := context.WithTimeout(ctx, finishTimeout)
		if err := w.Finish(within); err != nil {
			errs = append(errs, fmt.Errorf("finish %s: %w", step.Scenario, err))
		}
		cancel()
	}
	return errors.Join(errs...)
}

// finishTimeout bounds how long what a workload kept may take to end.
const finishTimeout = 30 * time.Second

// NotRun lists steps that were planned and didn't run, each with the reason.
func NotRun(steps []results.Step, reason string) []results.Skip {
	var out []results.Skip
	for _, step := range steps {
		out = append(out, results.Skip{ID: step.ID, Target: step.Target, Kind: results.NotRun, Reason: reason})
	}
	return out
}

// perform runs one step. The error is not nil when no further step can run.
func perform(ctx context.Context, s Scenario, step results.Step, site Site) (results.StepResult, error) {
	started := time.Now()
	r, err := s.Run(ctx, step, site)
	end := context.Cause(ctx)
	r.Step = step
	if r.Started.IsZero() {
		r.Started = started
	}
	r.Elapsed = results.Duration(time.Since(started))
	switch {
	case end != nil:
		// Half a step is no measurement, however good it looks.
		r.Verdict = results.Worst(r.Verdict, results.Inconclusive)
		if err != nil {
			r.Verdict = results.Inconclusive
		}
		r.Reason = cutShort(end) + lastLines(end)
	case err != nil:
		r.Verdict, r.Reason = results.Error, err.Error()
	}
	if site.Instance != nil {
		withhold(&r, site.Instance.Secrets.Redact)
	}
	return r, end
}

// cutShort says in a line why a run ended early.
func cutShort(end error) string {
	var death targets.Death
	if errors.As(end, &death) {
		return fmt.Sprintf("the %s of %s ended by itself", death.Service, death.Target)
	}
	return "the run was interrupted"
}
