package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// ErrNothingApplies is returned for a plan without a single step: an empty run
// must not look like a run that found nothing wrong.
var ErrNothingApplies = errors.New("nothing of what was selected applies to the target")

// RemoteError is a step that would leave this machine without leave to do so: load on
// somebody else's server is an attack on it.
type RemoteError struct {
	Step, Target string
	Hosts        []string // that nobody has allowed
}

func (e *RemoteError) Error() string {
	if len(e.Hosts) == 0 {
		return fmt.Sprintf("%s: load goes to loopback addresses only, and where target %s is isn't known", e.Step, e.Target)
	}
	return fmt.Sprintf("%s: load goes to loopback addresses only, and target %s is at %s: if its owner agrees to the load, give --allow-host %s; 'oauthmark conform' judges its answers without load",
		e.Step, e.Target, strings.Join(e.Hosts, " and "), strings.Join(e.Hosts, " --allow-host "))
}

// Loader is a workload whose steps put load on their target.
type Loader interface{ Loads() }

// MayLoad refuses a target to which load may not go, before anything asks it, where any
// of what is selected puts load on its target. The error is a *RemoteError.
func MayLoad(selected []Selection, t targets.Target) error {
	for _, sel := range selected {
		if _, ok := sel.Workload.(Loader); ok && len(t.Unallowed()) > 0 {
			return &RemoteError{sel.Name, cmp.Or(t.Name, t.URL), t.Unallowed()}
		}
	}
	return nil
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
		o.Whole, o.Items, o.Without = sel.Whole, sel.Parts, sel.Without
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
			if hosts, ok := mayRun(step, o); !ok {
				return plan, &RemoteError{step.ID, step.Target, hosts}
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

// mayRun reports whether the step stays on this machine and the hosts that are allowed, or
// says that it needn't; and otherwise to which other hosts it would go.
func mayRun(step results.Step, o Options) (hosts []string, ok bool) {
	if step.Remote || step.Target == "" {
		return nil, true
	}
	for _, t := range o.Targets {
		if t.Name == step.Target {
			hosts = t.Unallowed()
			return hosts, len(hosts) == 0
		}
	}
	return nil, false
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
