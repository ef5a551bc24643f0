package stats

import (
	"strconv"

	"github.com/oauthmark/oauthmark/results"
)

// Trait is a property of a load that tells it from the others of a record: its name and
// value, as in tokens and 100.
type Trait struct{ Name, Value string }

// Traits returns a function that says what tells a load, beside target, arrivals and rate,
// from the others of the record. What all have in common isn't said, but for a law of
// reuse that isn't even, and a trace.
func Traits(run results.Run) func(load *results.Offered) []Trait {
	tokens, reuses := map[int]bool{}, map[float64]bool{}
	for _, s := range run.Steps {
		if s.Step.Load != nil && !s.Step.Floor {
			tokens[s.Step.Load.Tokens], reuses[s.Step.Load.Reuse] = true, true
		}
	}
	return func(load *results.Offered) (out []Trait) {
		if load == nil {
			return nil
		}
		if len(tokens) > 1 {
			out = append(out, Trait{"tokens", strconv.Itoa(load.Tokens)})
		}
		if len(reuses) > 1 || load.Reuse > 0 {
			out = append(out, Trait{"reuse", strconv.FormatFloat(load.Reuse, 'g', -1, 64)})
		}
		if load.Trace != "" {
			out = append(out, Trait{"trace", load.Trace})
		}
		return out
	}
}
