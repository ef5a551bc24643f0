package conformance

import (
	"context"
	"fmt"
	"slices"

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
		ID:    ID,
		Title: "judges a target's tokens and endpoints against the specifications",
		Needs: []targets.Capability{targets.ClientCredentials},
		Items: IDs(checks),
		Run: func(ctx context.Context, step results.Step, site scenarios.Site) (results.StepResult, error) {
			return runStep(ctx, checks, clock, step, site)
		},
	}
}

func runStep(ctx context.Context, checks []Check, clock Clock, step results.Step, site scenarios.Site) (results.StepResult, error) {
	result := results.StepResult{Step: step, Started: clock.Now()}
	selected, err := choose(checks, step.Items)
	if err != nil || site.Instance == nil {
		result.Verdict, result.Reason = results.Error, "no instance to judge"
		if err != nil {
			result.Reason = err.Error()
		}
		return result, fmt.Errorf("conform: %s", result.Reason)
	}
	session := NewSession(site.Instance, clock, site.Seed)
	defer session.Close()
	result.Findings = Judge(ctx, selected, session, func(done int, id string) {
		site.Progress(float64(done)/float64(len(selected)), id)
	})
	gone := accept(result.Findings, site.Instance.Target.Expectations, IDs(checks))
	result.Verdict, result.Reason, result.Warnings = decide(result.Findings)
	result.Warnings = append(result.Warnings, gone...)
	result.Elapsed = results.Duration(clock.Now().Sub(result.Started))
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
