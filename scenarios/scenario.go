// Package scenarios decides what is done to a target, and in which order.
//
// In order of use: a [Scenario] is a named workload; [Select] picks scenarios by
// the prefix of their names; [Make] lays them out as a plan, the ordered and
// interleaved list of steps, without touching a server; [Execute] runs the plan
// and returns what each step produced.
//
// The workloads themselves live below: cost (one operation in one process), load
// (requests at a planned rate) and conformance (is the answer even right?).
package scenarios

import (
	"context"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Scenario is a named workload or set of checks that can be planned.
type Scenario struct {
	ID    string // load/local/ES256; any prefix of whole words selects it
	Title string // what it does, in a sentence
	// InProcess scenarios measure this program and need no target.
	InProcess bool
	// Needs are the capabilities without which the scenario doesn't apply.
	Needs []targets.Capability
	// Load scenarios are repeated and interleaved; the others run once.
	Load bool
	// Extra scenarios are not in the default suite: they run when they are named.
	Extra    bool
	Strategy string // load: how the resource server judges
	Form     string // load: of the tokens presented
	// Items are the parts that can be selected alone: checks or operations. An item's
	// name is a whole name such as cost/sign/ES256 or rfc7662/2.2/active-boolean.
	Items []string
	// Prepare, where it isn't nil, is called for each target before the first step of
	// the run, for what has to ripen until the scenario's own steps.
	Prepare func(ctx context.Context, inst *targets.Instance) error
	// Run performs one step. A result is returned even with an error, so that what
	// was measured before it is kept.
	Run func(ctx context.Context, step results.Step, site Site) (results.StepResult, error)
}

// Site is where a step runs.
type Site struct {
	Instance *targets.Instance // nil for a scenario that is in process
	Seed     uint64            // of everything random in the step
	// Budget bounds the time that an in-process step may measure for.
	Budget results.Duration
	// Progress is told how far the step is, from 0 to 1; never nil.
	Progress func(done float64, note string)
}
