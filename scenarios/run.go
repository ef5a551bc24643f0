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

// Outcome is what executing a plan produced.
type Outcome struct {
	Steps   []results.StepResult
	Skipped []results.Skip
}

// DiedError says that a service ended by itself in the middle of a run.
type DiedError struct {
	Target, Service string
	Logs            string // its last lines
}

func (e *DiedError) Error() string {
	return fmt.Sprintf("%s of target %s ended by itself; its last lines:\n%s", e.Service, e.Target, e.Logs)
}

// Execute runs the plan's steps in order. Whatever ends it early, the outcome holds
// what was measured until then, and lists the rest as not run.
//
// It returns the context's error when that ended the run, and a *DiedError when a
// service did. An error of one step is that step's verdict, and the run goes on.
func Execute(ctx context.Context, plan results.Plan, all []Scenario, p Profile, instance func(name string) *targets.Instance, o Observer) (Outcome, error) {
	var out Outcome
	byID := make(map[string]Scenario, len(all))
	for _, s := range all {
		byID[s.ID] = s
	}
	for i, step := range plan.Steps {
		s, ok := byID[step.Scenario]
		if !ok {
			return out, fmt.Errorf("run %s: no scenario is called %q", step.ID, step.Scenario)
		}
		site := Site{Seed: plan.Seed + uint64(i), Budget: results.Duration(p.Budget),
			Progress: func(done float64, note string) { o.StepProgress(i, done, note) }}
		if !s.InProcess {
			site.Instance = instance(step.Target)
		}
		o.StepStarted(i, step)
		r, end := perform(ctx, s, step, site)
		o.StepDone(i, r)
		out.Steps = append(out.Steps, r)
		if end != nil {
			why := "the run was interrupted"
			if died := (*DiedError)(nil); errors.As(end, &died) {
				why = fmt.Sprintf("%s of target %s had ended", died.Service, died.Target)
			}
			for _, rest := range plan.Steps[i+1:] {
				out.Skipped = append(out.Skipped, results.Skip{ID: rest.ID, Target: rest.Target, Kind: results.NotRun, Reason: why})
			}
			return out, end
		}
	}
	return out, nil
}

// perform runs one step. The error is not nil when no further step can run.
func perform(ctx context.Context, s Scenario, step results.Step, site Site) (results.StepResult, error) {
	started := time.Now()
	within, stop := watch(ctx, site.Instance)
	r, err := s.Run(within, step, site)
	end := context.Cause(within)
	stop()
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
		r.Reason = "cut short: " + firstLine(end)
	case err != nil:
		r.Verdict, r.Reason = results.Error, err.Error()
	}
	return r, end
}

// watch returns a context that ends when a service of the instance does, with a
// *DiedError as its cause.
func watch(ctx context.Context, inst *targets.Instance) (context.Context, func()) {
	within, cancel := context.WithCancelCause(ctx)
	if inst != nil {
		for _, service := range inst.Services {
			go func() {
				select {
				case <-service.Done():
					cancel(&DiedError{Target: inst.Target.Name, Service: service.Name(), Logs: service.Logs()})
				case <-within.Done():
				}
			}()
		}
	}
	return within, func() { cancel(nil) }
}

func firstLine(err error) string {
	if died := (*DiedError)(nil); errors.As(err, &died) {
		return fmt.Sprintf("%s of target %s ended by itself", died.Service, died.Target)
	}
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return err.Error()
}
