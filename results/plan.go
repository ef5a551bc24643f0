package results

import (
	"encoding/json"
	"fmt"
	"time"
)

// Plan is the ordered list of steps of a run, fixed before anything starts.
type Plan struct {
	Profile string `json:"profile"` // quick, standard or thorough
	Seed    uint64 `json:"seed"`    // of step order, arrivals and token choice
	Steps   []Step `json:"steps"`
	Skipped []Skip `json:"skipped,omitempty"` // known before the run not to apply
}

// Step is one thing that the run does, once. The members that don't concern its
// scenario are zero.
type Step struct {
	ID         string   `json:"id"`       // unique in the plan: load/local/ES256@reference#2
	Scenario   string   `json:"scenario"` // load/local/ES256, cost, conform
	Target     string   `json:"target,omitempty"`
	Strategy   string   `json:"strategy,omitempty"`
	Kind       string   `json:"token_kind,omitempty"` // opaque, self-contained, hybrid
	Form       string   `json:"token_form,omitempty"` // opaque, or the algorithm that signs it
	Rate       float64  `json:"rate,omitempty"`       // planned arrivals per second; 0 with closed arrivals
	Arrivals   Arrivals `json:"arrivals,omitempty"`
	Duration   Duration `json:"duration,omitempty"`
	Workers    int      `json:"workers,omitempty"` // most requests in flight
	Tokens     int      `json:"tokens,omitempty"`  // distinct tokens presented
	Repetition int      `json:"repetition,omitempty"`
	Items      []string `json:"items,omitempty"` // selected checks, or operations
}

// Arrivals is the law of the times at which requests are planned.
type Arrivals string

const (
	Constant Arrivals = "constant" // evenly spaced
	Poisson  Arrivals = "poisson"  // independent users: exponential gaps, seeded
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
