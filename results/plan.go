package results

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Plan is the ordered list of steps of a run, fixed before anything starts.
type Plan struct {
	Profile string `json:"profile"` // quick, standard or thorough
	Seed    uint64 `json:"seed"`    // of step order, arrivals and token choice
	Steps   []Step `json:"steps"`
	Skipped []Skip `json:"skipped,omitempty"` // known before the run not to apply
	// Within is what was asked: which strategies stay within all of these bounds.
	Within []Bound `json:"within,omitempty"`
}

// Bound is the most that a figure of a strategy may be.
type Bound struct {
	Figure string  `json:"figure"`         // p50, p99, p99.9, staleness, issuer-calls or cpu
	Most   float64 `json:"most"`           // in the unit
	Unit   string  `json:"unit,omitempty"` // s of a latency and of staleness, us of CPU; empty for a count
}

// Step is one thing that the run does, once. Its scenario says all of it: nothing
// else has to guess what a step is from what it lacks.
type Step struct {
	ID       string `json:"id"`               // unique in the plan: load/local/ES256@reference#2
	Scenario string `json:"scenario"`         // load/local, cost, conform
	Kind     Kind   `json:"kind"`             // of its result
	Does     string `json:"does,omitempty"`   // what it does, in a few words for a person
	Target   string `json:"target,omitempty"` // empty for a step in this process, which has no server to ask
	// Remote allows the step to go beyond this machine. What doesn't say so stays on
	// loopback addresses.
	Remote     bool     `json:"remote,omitempty"`
	Repetition int      `json:"repetition,omitempty"` // from 1 for a step that is repeated, 0 for one that runs once
	Axes       []Axis   `json:"axes,omitempty"`       // what tells it from the other steps of its scenario
	Load       *Offered `json:"load,omitempty"`       // of a step that puts load on a server
	Floor      bool     `json:"floor,omitempty"`      // its server does nothing: what it measures is ours, and others compare with it
	Takes      Duration `json:"takes,omitempty"`      // about how long, for showing how far a run is
	Items      []string `json:"items,omitempty"`      // selected checks, or operations
}

// Kind is the kind of a step's result, which decides the sections of a report.
type Kind string

const (
	KindLoad        Kind = "load"        // a series of samples
	KindCost        Kind = "cost"        // a row for each operation
	KindConformance Kind = "conformance" // a finding for each check
	KindFigures     Kind = "figures"     // figures alone
)

// Axis is one thing that a scenario varies, and its value in a step. Steps that agree
// in scenario, target, axes and load are repetitions of one another.
type Axis struct {
	Name  string `json:"name"`            // strategy, form, or what else a scenario varies
	Value string `json:"value"`           // local, ES256
	Class string `json:"class,omitempty"` // the kind that the value is of: opaque or self-contained for a form
}

// Axis returns the axis of the name, the zero value where the step has none.
func (s Step) Axis(name string) Axis {
	for _, a := range s.Axes {
		if a.Name == name {
			return a
		}
	}
	return Axis{}
}

// Cell is the same for steps that are repetitions of one another, and for no others.
func (s Step) Cell() string {
	load := Offered{}
	if s.Load != nil {
		load = *s.Load
	}
	return fmt.Sprintf("%q %q %q %+v", s.Scenario, s.Target, s.Axes, load)
}

// Label names what the step is about within its target and load, as in
// local/ES256: the values of its axes, or the scenario where it has none.
func (s Step) Label() string {
	if len(s.Axes) == 0 {
		return s.Scenario
	}
	values := make([]string, len(s.Axes))
	for i, a := range s.Axes {
		values[i] = a.Value
	}
	return strings.Join(values, "/")
}

// Offered is the load that a step offers to a server.
type Offered struct {
	Arrivals Arrivals `json:"arrivals"`
	Rate     float64  `json:"rate,omitempty"` // planned arrivals per second; 0 with closed arrivals
	Duration Duration `json:"duration"`
	Workers  int      `json:"workers,omitempty"` // most requests in flight; 0 for as many as need be
	Tokens   int      `json:"tokens,omitempty"`  // distinct tokens presented
	// Reuse is how unevenly they come again: the k-th most frequent one as often as 1/k to
	// this power (Zipf's law); 0 for all alike.
	Reuse float64 `json:"reuse,omitempty"`
	Trace string  `json:"trace,omitempty"` // of replayed arrivals: the name of its file, and the beginning of the file's SHA-256
	Warm  Warm    `json:"warm,omitempty"`  // what caches hold when the step begins; empty where nobody says
	Mix   string  `json:"mix,omitempty"`   // outcomes of the requests and their parts, as in valid=95,expired=5; empty for the scenario's own
}

// Warm is what the caches of a resource server hold when a step begins.
type Warm string

const (
	Cold   Warm = "cold"   // nothing
	Steady Warm = "steady" // what they would hold if the load had been going on for long
)

// Closed reports whether requests wait for answers, so that the load measures
// capacity and not latency. It is false where there is no load.
func (o *Offered) Closed() bool { return o != nil && o.Arrivals == Closed }

// Arrivals is the law of the times at which requests are planned.
type Arrivals string

const (
	Constant Arrivals = "constant" // evenly spaced
	Poisson  Arrivals = "poisson"  // independent users: exponential gaps, seeded
	Replayed Arrivals = "trace"    // as a file has them
	Closed   Arrivals = "closed"   // each worker sends its next request when the last is answered; measures capacity, not latency
)

// Duration is a time.Duration whose JSON form is a string such as "2.5s".
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("duration: %w", err)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("duration: %w", err)
	}
	*d = Duration(v)
	return nil
}
