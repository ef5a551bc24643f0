// Package scenarios decides what is done to a target, and in which order.
//
// In order of use: a [Scenario] is a named workload; [Select] picks scenarios by the
// prefix of their names; [Make] has each lay out its steps, without touching a server,
// and orders them; [Execute] runs the plan and returns what each step produced.
//
// The workloads themselves live below: cost (one operation in one process), load
// (requests at a planned rate) and conformance (is the answer even right?).
package scenarios

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Scenario is a named workload or set of checks that can be planned.
type Scenario struct {
	Name  string // load/local; any prefix of it selects
	Title string // what it does, in a sentence
	// Items are the parts that can be selected alone: checks, operations, forms of
	// token. An item's name is a whole name such as cost/sign/ES256, load/local/ES256
	// or rfc7662/2.2/active-boolean.
	Items []string
	// With are scenarios that are selected with it, for what it measures to be compared with.
	With []string
	Workload
}

// Workload lays out a scenario's steps, and runs them. It owns what it varies, the
// axes of its steps, and the kind of its result.
type Workload interface {
	// Plan lays out the steps, without touching a server, and says of what it leaves
	// out why. The caller fills in the scenario's name.
	Plan(o Options) ([]results.Step, []results.Skip)
	// Run performs one of these steps. A result is returned even with an error, so
	// that what was measured before it is kept.
	Run(ctx context.Context, step results.Step, site Site) (results.StepResult, error)
}

// Preparer is a workload with something that has to ripen until its steps. Prepare is
// called for each target, with the steps there, before the first step of the run.
type Preparer interface {
	Prepare(ctx context.Context, inst *targets.Instance, steps []results.Step) error
}

// Finisher is a workload that keeps something between its steps, such as servers. Finish
// is called once, when a run that has steps of it is over, however it ended. It ends what
// was kept, on all targets, and begins with nothing again.
type Finisher interface {
	Finish(ctx context.Context) error
}

// Options is what a plan is made from.
type Options struct {
	Targets []targets.Target
	Profile Profile
	Rates   []float64 // of load steps; the profile's where there is none
	Forms   []string  // of token; each workload's own choice where there is none
	Level   string    // service level whose capacity is looked for; [DefaultLevel] when empty
	Whole   bool      // the scenario was selected as such: its workload chooses of its items
	Items   []string  // that were selected beside, or alone
	Without []string  // items that were excluded from what its workload chooses

	WithoutForms []string        // of token, that were excluded
	Reuse        []float64       // how unevenly tokens come again, of load steps; the profile's where there is none
	Tokens       []int           // distinct tokens of load steps; the profile's where there is none
	TTLs         []time.Duration // of the caches, for the scenario that varies them; its own choice where there is none
	Trace        *Trace          // that load steps replay, in place of planned arrivals; may be nil
}

// Site is where a step runs.
type Site struct {
	Instance *targets.Instance // nil for a step without a target
	Seed     uint64            // of everything random in the step
	Trace    *Trace            // that a step with replayed arrivals replays
	// Budget bounds the time that an in-process step may measure for.
	Budget results.Duration
	// Progress is told how far the step is, from 0 to 1; never nil.
	Progress func(done float64, note string)
}
