package conformance

import (
	"encoding/json"
	"slices"
	"strings"

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

// EachForm judges every form and returns the worst outcome, which names the forms
// that it holds for. Without a form the check doesn't apply, for the given reason.
func EachForm(forms []string, none string, judge func(form string) Outcome) Outcome {
	if len(forms) == 0 {
		return NotApplicable(none)
	}
	outcomes := make([]Outcome, len(forms))
	worst := results.None
	for i, form := range forms {
		outcomes[i] = judge(form)
		worst = max(worst, outcomes[i].Verdict)
	}
	out := Outcome{Verdict: worst}
	var observed, reasons texts
	for i, o := range outcomes {
		if o.Verdict != worst {
			continue
		}
		observed.add(o.Observed, forms[i])
		reasons.add(o.Reason, forms[i])
		for _, e := range o.Expected {
			if !slices.Contains(out.Expected, e) {
				out.Expected = append(out.Expected, e)
			}
		}
	}
	out.Observed, out.Reason = observed.String(), reasons.String()
	return out
}

// texts groups forms by what was said about them, in order of appearance.
type texts struct {
	said  []string
	forms map[string][]string
}

func (t *texts) add(text, form string) {
	if text == "" {
		return
	}
	if t.forms == nil {
		t.forms = map[string][]string{}
	}
	if t.forms[text] == nil {
		t.said = append(t.said, text)
	}
	t.forms[text] = append(t.forms[text], form)
}

func (t *texts) String() string {
	lines := make([]string, len(t.said))
	for i, text := range t.said {
		lines[i] = strings.Join(t.forms[text], ", ") + ": " + text
	}
	return strings.Join(lines, "; ")
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
// value. Members that hold a credential are shown by [Kind].
func Show(members map[string]any, name string) string {
	v, ok := members[name]
	if !ok {
		return name + " is missing"
	}
	return name + " is " + compact(v)
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
