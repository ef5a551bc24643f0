package conformance

import (
	"encoding/json"

	"github.com/oauthmark/oauthmark/results"
)

// Outcome is what a check saw.
type Outcome struct {
	Verdict  results.Verdict
	Reason   string   // of inconclusive and none
	Expected []string // any of these would have been right
	Observed string   // what there was instead; never a token or secret
}

// Passed is the outcome of a check that found nothing wrong.
func Passed(observed string) Outcome {
	return Outcome{Verdict: results.Pass, Observed: observed}
}

// Failed is the outcome of a check that saw something else than the expected.
func Failed(observed string, expected ...string) Outcome {
	return Outcome{Verdict: results.Fail, Observed: observed, Expected: expected}
}

// Saw is the outcome of a check that saw what it observed, right or wrong.
func Saw(right bool, observed string, expected ...string) Outcome {
	if right {
		return Passed(observed)
	}
	return Failed(observed, expected...)
}

// SawMember is [Saw] of a member of a JSON object.
func SawMember(right bool, members map[string]any, name string, expected ...string) Outcome {
	return Saw(right, Show(members, name), expected...)
}

// Undecided is the outcome of a check that could not judge: nobody answered, or what
// it had to look at was not there.
func Undecided(reason error) Outcome {
	return Outcome{Verdict: results.Inconclusive, Reason: reason.Error()}
}

// NotApplicable is the outcome of a check that has nothing to look at on this target.
// The reason says what is missing.
func NotApplicable(reason string) Outcome {
	return Outcome{Verdict: results.None, Reason: reason}
}

// Kind names the JSON type of a decoded value, for values that must not be shown.
func Kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		if v == "" {
			return "an empty string"
		}
		return "a string"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case []any:
		return "an array"
	default:
		return "an object"
	}
}

// Show writes a member of a JSON object for a person: "missing", or its name and
// value. Members that hold a credential are shown by [ShowKind].
func Show(members map[string]any, name string) string { return show(members, name, compact) }

// ShowKind writes a member by its type.
func ShowKind(members map[string]any, name string) string { return show(members, name, Kind) }

func show(members map[string]any, name string, write func(any) string) string {
	v, ok := members[name]
	if !ok {
		return name + " is missing"
	}
	return name + " is " + write(v)
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return Kind(v)
	}
	return string(b)
}

// cut shortens a text that has been scrubbed: half a secret is not found any more.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
