package choose

import (
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// Revocation is the family of scenarios that measure staleness: a token is revoked under
// load, and the last time that it is let in counts.
const Revocation = "revocation"

// The names of its figures.
const (
	stalenessMax      = "staleness max"
	stalenessDeclared = "staleness declared" // the limit of the former where it isn't there
)

// IsRevocation reports whether a step measures staleness.
func IsRevocation(s results.Step) bool { return family(s) == Revocation }

func family(s results.Step) string {
	name, _, _ := strings.Cut(s.Scenario, "/")
	return name
}

// revocation is what a run says of the staleness of a strategy with tokens of one form.
type revocation struct {
	target, strategy, form, class string
	figure                        Figure
}

// revocations collects what the steps measured. A step that failed did measure: what it
// found is beyond what the strategy declares.
func revocations(run results.Run) []revocation {
	var out []revocation
	for _, s := range run.Steps {
		if s.Superseded || !IsRevocation(s.Step) {
			continue
		}
		form := s.Step.Axis("form")
		r := revocation{s.Step.Target, s.Step.Axis("strategy").Value, form.Value, form.Class, Figure{Why: "its revocation step has no figure of it"}}
		sound := s.Verdict == results.Pass || s.Verdict == results.Fail
		var declared *float64
		for _, f := range s.Figures {
			switch f.Name {
			case stalenessMax:
				if declared == nil {
					declared = f.Limit
				}
				low, high := f.Value, f.Value
				if f.Low != 0 || f.High != 0 {
					low, high = f.Low, f.High
				}
				if sound && f.Unit == units[Staleness] {
					r.figure = known(f.Value, low, high)
				}
			case stalenessDeclared:
				v := f.Value
				declared = &v
			}
		}
		if !sound {
			r.figure = Figure{Why: fmt.Sprintf("its revocation step is %s%s", s.Verdict, because(s.Reason))}
		}
		r.figure.Declared = declared
		out = append(out, r)
	}
	for _, skip := range results.Absent(run) {
		if rest, ok := strings.CutPrefix(skip.ID, Revocation+"/"); ok {
			strategy, form, _ := strings.Cut(strings.SplitN(rest, "@", 2)[0], "/")
			out = append(out, revocation{skip.Target, strategy, form, "", Figure{Why: "its revocation " + verb(skip.Kind) + ": " + skip.Reason}})
		}
	}
	return out
}

func verb(k results.SkipKind) string {
	if k == results.NotApplicable {
		return "doesn't apply"
	}
	return "did not run"
}

// stalenessOf is the worst that was seen of a strategy: with tokens of its form, or else of
// the same class, for how long an answer is kept hardly depends on the algorithm.
func stalenessOf(step results.Step, all []revocation) Figure {
	form := step.Axis("form")
	mine := func(r revocation) bool { return r.target == step.Target && r.strategy == step.Axis("strategy").Value }
	for _, match := range []func(revocation) bool{
		func(r revocation) bool { return r.form == form.Value },
		func(r revocation) bool { return r.class != "" && r.class == form.Class || r.form == "" },
	} {
		found, out := false, Figure{}
		for _, r := range all {
			if !mine(r) || !match(r) {
				continue
			}
			out, found = worse(found, out, r.figure), true
		}
		if found {
			return out
		}
	}
	return Figure{Why: "it wasn't measured"}
}

// worse joins what two repetitions saw: the worst counts, and one that knows nothing says
// nothing against one that does.
func worse(found bool, a, b Figure) Figure {
	declared := a.Declared
	if declared == nil || b.Declared != nil && *b.Declared > *declared {
		declared = b.Declared
	}
	switch {
	case !found || b.Known && !a.Known:
		a = b
	case a.Known && b.Known:
		a = known(max(a.Value, b.Value), max(a.Low, b.Low), max(a.High, b.High))
	}
	a.Declared = declared
	return a
}

// Measured reports whether the staleness of any candidate is known.
func Measured(all []Candidate) bool {
	for _, c := range all {
		if c.Figure(Staleness).Known {
			return true
		}
	}
	return false
}

// ByLoad splits candidates where the target or the load changes.
func ByLoad(all []Candidate) [][]Candidate {
	var cells []stats.Cell
	for _, c := range all {
		cells = append(cells, c.Cell)
	}
	var out [][]Candidate
	for _, group := range stats.ByLoad(cells) {
		out, all = append(out, all[:len(group)]), all[len(group):]
	}
	return out
}
