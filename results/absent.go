package results

import (
	"cmp"
	"strings"
)

// Absent lists all that a run doesn't answer: what the plan left out, what the run
// skipped, items, steps and findings without a verdict, and steps that were planned and of
// which nothing is recorded. Each thing is listed once, with the first reason given.
func Absent(run Run) []Skip {
	var out []Skip
	type key struct{ id, target string }
	seen := map[key]bool{}
	add := func(s Skip) {
		if k := (key{s.ID, s.Target}); !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	for _, s := range run.Plan.Skipped {
		add(s)
	}
	for _, s := range run.Skipped {
		add(s)
	}
	// A step that came to nothing was prevented.
	ran := map[string]bool{}
	for _, s := range run.Steps {
		ran[s.Step.ID] = true
		if s.Verdict == None {
			add(Skip{s.Step.ID, s.Step.Target, NotRun, orUnknown(s.Reason)})
		}
		for _, skip := range s.Skipped {
			add(skip)
		}
		for _, f := range s.Findings {
			if f.Verdict == None {
				add(Skip{f.Check, f.Target, cmp.Or(f.Absence, NotApplicable), orUnknown(f.Reason)})
			}
		}
	}
	for _, s := range run.Plan.Steps {
		if ran[s.ID] || seen[key{s.ID, s.Target}] {
			continue
		}
		reason := "the run recorded nothing of it"
		if run.Interrupted {
			reason = "the run was interrupted before it"
		}
		add(Skip{s.ID, s.Target, NotRun, reason})
	}
	return out
}

// Shared is the names of what has no verdict for one reason.
type Shared struct {
	Kind   SkipKind
	Reason string
	Names  []string
}

// Share puts together what has the same reason, which is then said once.
func Share(all []Skip) []Shared {
	var out []Shared
	type key struct {
		kind   SkipKind
		reason string
	}
	index := map[key]int{}
	for _, s := range all {
		k := key{s.Kind, s.Reason}
		i, ok := index[k]
		if !ok {
			i = len(out)
			index[k] = i
			out = append(out, Shared{Kind: s.Kind, Reason: s.Reason})
		}
		out[i].Names = append(out[i].Names, s.Name())
	}
	return out
}

// Why says the kind and the reason.
func (s Shared) Why() string { return string(s.Kind) + ": " + s.Reason }

// Who lists the names.
func (s Shared) Who() string { return strings.Join(s.Names, ", ") }

func orUnknown(reason string) string {
	if reason == "" {
		return "no reason was recorded"
	}
	return reason
}
