package scenarios

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/oauthmark/oauthmark/results"
)

// ErrNothingApplies is returned for a plan without a single step: an empty run
// must not look like a run that found nothing wrong.
var ErrNothingApplies = errors.New("nothing of what was selected applies to the target")

// RemoteError is a step that would leave this machine without leave to do so: load on
// somebody else's server is an attack on it.
type RemoteError struct{ Step, Target string }

func (e *RemoteError) Error() string {
	return fmt.Sprintf("%s: load goes to loopback addresses only, and target %s is elsewhere; 'oauthmark conform' judges its answers without load", e.Step, e.Target)
}

// Make has the selected scenarios lay out their steps and orders them. It touches no
// server, and the same arguments give the same plan. A step that doesn't allow itself
// to go beyond this machine, and would, is a *RemoteError.
//
// What runs once comes first, for the speed of a wrong answer is worth nothing. What is
// repeated is interleaved, each repetition in an order of its own, so that a drift of
// the machine falls on all alike.
func Make(selected []Selection, o Options, seed uint64) (results.Plan, error) {
	plan := results.Plan{Profile: o.Profile.Name, Seed: seed}
	var repeated []results.Step
	ids, asked := map[string]bool{}, map[string]bool{} // names; targets of what was selected
	// What stands beside others comes last, and only where they are.
	for _, sel := range slices.SortedStableFunc(slices.Values(selected), func(a, b Selection) int {
		return map[bool]int{true: 1}[a.Beside] - map[bool]int{true: 1}[b.Beside]
	}) {
		o.Whole, o.Items = sel.Whole, sel.Parts
		steps, skipped := sel.Plan(o)
		plan.Skipped = append(plan.Skipped, skipped...)
		for _, step := range steps {
			if step.Scenario = sel.Name; sel.Beside && !asked[step.Target] {
				continue
			}
			asked[step.Target] = true
			if ids[step.ID] || step.Kind == "" {
				return plan, fmt.Errorf("plan %s: step %q has no kind, or a name that another has", sel.Name, step.ID)
			}
			ids[step.ID] = true
			if !mayRun(step, o) {
				return plan, &RemoteError{step.ID, step.Target}
			}
			if step.Repetition == 0 {
				plan.Steps = append(plan.Steps, step)
			} else {
				repeated = append(repeated, step)
			}
		}
	}
	plan.Steps = append(plan.Steps, interleave(repeated, seed)...)
	if len(plan.Steps) == 0 {
		return plan, ErrNothingApplies
	}
	return plan, nil
}

// mayRun reports whether the step stays on this machine, or says that it needn't.
func mayRun(step results.Step, o Options) bool {
	if step.Remote || step.Target == "" {
		return true
	}
	for _, t := range o.Targets {
		if t.Name == step.Target {
			return t.Loopback()
		}
	}
	return false
}

// interleave orders the repetitions: A B C, C A B, ... and never A A A, B B B.
func interleave(steps []results.Step, seed uint64) []results.Step {
	random := rand.New(rand.NewPCG(seed, 0x91a4))
	var out []results.Step
	for n := 1; len(out) < len(steps); n++ {
		from := len(out)
		for _, step := range steps {
			if step.Repetition == n {
				out = append(out, step)
			}
		}
		block := out[from:]
		random.Shuffle(len(block), func(i, j int) { block[i], block[j] = block[j], block[i] })
	}
	return out
}
