package choose

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// BoundError says what is wrong with a bound.
type BoundError struct {
	Given string
	// Unknown is the name where it is that of no figure; empty otherwise.
	Unknown string
	Text    string
}

func (e *BoundError) Error() string { return e.Given + ": " + e.Text }

// examples are bounds that can be typed.
var examples = map[string]string{P50: "p50=5ms", P99: "p99=20ms", P999: "p99.9=50ms", Staleness: "staleness=60s", IssuerCalls: "issuer-calls=50", CPU: "cpu=300us"}

// Parse reads bounds such as p99=20ms, staleness=60s and issuer-calls=50. The error is a
// [*BoundError].
func Parse(given []string) ([]results.Bound, error) {
	var out []results.Bound
	for _, one := range given {
		name, value, found := strings.Cut(strings.TrimSpace(one), "=")
		wrong := func(format string, args ...any) error {
			return &BoundError{Given: one, Text: fmt.Sprintf(format, args...)}
		}
		switch {
		case !slices.Contains(names, name):
			return nil, &BoundError{Given: one, Unknown: name, Text: fmt.Sprintf("no figure is called %q: use %s", name, strings.Join(names, ", "))}
		case !found || value == "":
			return nil, wrong("has no bound: give it one, as in %s", examples[name])
		case slices.ContainsFunc(out, func(b results.Bound) bool { return b.Figure == name }):
			return nil, wrong("%s is bounded twice: leave one out", name)
		}
		b := results.Bound{Figure: name, Unit: units[name]}
		if b.Unit == "" {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				return nil, wrong("must be a number from 0, as in %s", examples[name])
			}
			b.Most = v
		} else {
			d, err := time.ParseDuration(value)
			if err != nil || d < 0 {
				return nil, wrong("must be a time from 0 with its unit, as in %s", examples[name])
			}
			if b.Most = d.Seconds(); b.Unit == "us" {
				b.Most *= 1e6
			}
		}
		if b.Most == 0 && name != Staleness && name != IssuerCalls {
			return nil, wrong("must be above 0, as in %s", examples[name])
		}
		out = append(out, b)
	}
	return out, nil
}
