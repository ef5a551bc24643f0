package conformance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// ID is the name of the scenario that runs checks.
const ID = "conform"

// Scenario is the checks as one scenario: a step runs those that it selects, all when
// it selects none.
func Scenario(checks []Check) scenarios.Scenario {
	return scenarioIn(checks, realClock{})
}

func scenarioIn(checks []Check, clock Clock) scenarios.Scenario {
	return scenarios.Scenario{
		Name:     ID,
		Title:    "judges a target's tokens and endpoints against the specifications",
		Items:    IDs(checks),
		Workload: suite{checks, clock},
	}
}

// suite is the workload of checks.
type suite struct {
	checks []Check
	clock  Clock
}

// stepTime is about what a step takes.
const stepTime = 4 * time.Second

// Plan implements [scenarios.Workload]: one step for each target. Checks are a few
// requests, no load, and so may go to any server.
func (s suite) Plan(o scenarios.Options) (steps []results.Step, skipped []results.Skip) {
	for _, t := range o.Targets {
		step := results.Step{ID: ID + "@" + t.Name, Kind: results.KindConformance, Target: t.Name, Remote: true, Takes: results.Duration(stepTime), Does: "all checks"}
		if !o.Whole {
			step.Items, step.Does = o.Items, list(o.Items)
		} else if len(o.Without) > 0 {
			step.Items = slices.DeleteFunc(IDs(s.checks), func(id string) bool { return slices.Contains(o.Without, id) })
			step.Does = list(step.Items)
		}
		if lack := t.Lacks([]targets.Capability{targets.ClientCredentials}); lack != "" {
			skipped = append(skipped, results.Skip{ID: ID, Target: t.Name, Kind: results.NotApplicable,
				Reason: fmt.Sprintf("target %s doesn't declare %s", t.Name, lack)})
			continue
		}
		selected, _ := choose(s.checks, step.Items) // they come from the same list
		steps, skipped = append(steps, step), append(skipped, Skipped(selected, t)...)
	}
	return steps, skipped
}

// Run implements [scenarios.Workload].
func (s suite) Run(ctx context.Context, step results.Step, site scenarios.Site) (results.StepResult, error) {
	result := results.StepResult{Step: step, Started: s.clock.Now()}
	selected, err := choose(s.checks, step.Items)
	if err != nil || site.Instance == nil {
		result.Verdict, result.Reason = results.Error, "no instance to judge"
		if err != nil {
			result.Reason = err.Error()
		}
		return result, fmt.Errorf("conform: %s", result.Reason)
	}
	session := NewSession(site.Instance, s.clock, site.Seed)
	defer session.Close()
	if len(selected) < len(s.checks) {
		session.chosen = step.Items
	}
	result.Findings = Judge(ctx, selected, session, func(done int, id string) {
		site.Progress(float64(done)/float64(len(selected)), id)
	})
	gone := accept(result.Findings, site.Instance.Target.Expectations, IDs(s.checks))
	result.Verdict, result.Reason, result.Warnings = decide(result.Findings)
	result.Warnings = append(result.Warnings, gone...)
	result.Elapsed = results.Duration(s.clock.Now().Sub(result.Started))
	if err := ctx.Err(); err != nil {
		return result, fmt.Errorf("conform: %w", err)
	}
	return result, nil
}

// choose returns the checks with the given identifiers, in the order of the checks.
func choose(checks []Check, ids []string) ([]Check, error) {
	if len(ids) == 0 {
		return checks, nil
	}
	known := IDs(checks)
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return nil, fmt.Errorf("unknown check %q", id)
		}
	}
	return slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return !slices.Contains(ids, c.ID) }), nil
}
