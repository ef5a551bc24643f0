package scenarios

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// ErrNothingApplies is returned for a plan without a single step: an empty run
// must not look like a run that found nothing wrong.
var ErrNothingApplies = errors.New("nothing of what was selected applies to the target")

// Make lays the selected scenarios out as steps. It touches no server, and the same
// arguments give the same plan.
//
// Judgement comes first, for the speed of a wrong answer is worth nothing. Load
// steps are interleaved, each repetition in an order of its own, so that a drift of
// the machine falls on all alike.
func Make(selected []Selection, targetList []targets.Target, p Profile, rates []float64, seed uint64) (results.Plan, error) {
	plan := results.Plan{Profile: p.Name, Seed: seed}
	var once, cells []results.Step
	for _, sel := range selected {
		s := sel.Scenario
		if s.InProcess {
			once = append(once, results.Step{ID: s.ID, Scenario: s.ID, Items: sel.Items})
			continue
		}
		for _, t := range targetList {
			if lack := t.Lacks(s.Needs); lack != "" {
				plan.Skipped = append(plan.Skipped, results.Skip{ID: s.ID, Target: t.Name, Kind: results.NotApplicable,
					Reason: fmt.Sprintf("target %s doesn't declare %s", t.Name, lack)})
				continue
			}
			step := results.Step{ID: s.ID + "@" + t.Name, Scenario: s.ID, Target: t.Name, Items: sel.Items}
			if !s.Load {
				once = append(once, step)
				continue
			}
			cells = append(cells, loadSteps(step, s, p, rates)...)
		}
	}
	plan.Steps = append(once, interleave(cells, p.Repetitions, seed)...)
	if len(plan.Steps) == 0 {
		return plan, ErrNothingApplies
	}
	return plan, nil
}

// loadSteps gives a load step its figures, one step for each rate.
func loadSteps(step results.Step, s Scenario, p Profile, rates []float64) []results.Step {
	step.Strategy, step.Form = s.Strategy, s.Form
	step.Kind = "self-contained"
	if s.Form == targets.Opaque {
		step.Kind = "opaque"
	}
	step.Arrivals, step.Duration = p.Arrivals, results.Duration(p.Duration)
	step.Workers, step.Tokens = p.Workers, p.Tokens
	if p.Arrivals == results.Closed {
		return []results.Step{step}
	}
	if len(rates) == 0 {
		rates = []float64{p.Rate}
	}
	var out []results.Step
	for _, rate := range rates {
		at := step
		at.Rate = rate
		if len(rates) > 1 {
			at.ID = fmt.Sprintf("%s@%g", step.ID, rate)
		}
		out = append(out, at)
	}
	return out
}

// interleave repeats the cells: A B C, C A B, ... and never A A A, B B B.
func interleave(cells []results.Step, repetitions int, seed uint64) []results.Step {
	random := rand.New(rand.NewPCG(seed, 0x91a4))
	var out []results.Step
	for n := 1; n <= repetitions; n++ {
		for _, i := range random.Perm(len(cells)) {
			step := cells[i]
			step.ID = fmt.Sprintf("%s#%d", step.ID, n)
			step.Repetition = n
			out = append(out, step)
		}
	}
	return out
}
