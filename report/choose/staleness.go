package choose

import (
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// Revocation is the family of scenarios that measure staleness: tokens are revoked under
// load, and the last time that one is let in counts.
const Revocation = "revocation"

// The names of its figures.
const (
	stalenessMax   = "staleness max"
	stalenessLeast = "staleness, longer than the step: at least" // in its place
	declaredBound  = "declared bound"                            // under the run's own configuration
	boundHere      = "bound in this step"                        // how the name begins: a step may shorten a bound, to see its end
)

// IsRevocation reports whether a step measures staleness.
func IsRevocation(s results.Step) bool { return family(s) == Revocation }

func family(s results.Step) string {
	name, _, _ := strings.Cut(s.Scenario, "/")
	return name
}

// revocations is what a run says of the staleness of strategies.
type revocations map[about]Figure

// about is a strategy on a target, with tokens of one form, or of one class; or with any,
// where a step has no form.
type about struct{ target, strategy, by, value string }

func (r revocations) add(a about, f Figure) {
	if before, ok := r[a]; ok {
		f = worse(before, f)
	}
	r[a] = f
}

func (r revocations) addAll(target, strategy, form, class string, f Figure) {
	r.add(about{target, strategy, "form", form}, f)
	switch {
	case form == "":
		r.add(about{target, strategy, "any", ""}, f)
	case class != "":
		r.add(about{target, strategy, "class", class}, f)
	}
}

// revocationsOf collects what the steps measured. A step that failed did measure: what it
// found is beyond what the strategy declares.
func revocationsOf(run results.Run) revocations {
	out := revocations{}
	for _, s := range run.Steps {
		if s.Superseded || !IsRevocation(s.Step) {
			continue
		}
		form := s.Step.Axis("form")
		out.addAll(s.Step.Target, s.Step.Axis("strategy").Value, form.Value, form.Class, revoked(s))
	}
	for _, skip := range results.Absent(run) {
		if rest, ok := strings.CutPrefix(skip.ID, Revocation+"/"); ok {
			rest, _, _ = strings.Cut(rest, "@")
			strategy, form, _ := strings.Cut(rest, "/")
			form, _, _ = strings.Cut(form, "/")
			out.addAll(skip.Target, strategy, form, "", Figure{Why: "its revocation " + verb(skip.Kind) + ": " + skip.Reason})
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

// revoked is what one step says of the staleness in the run's own configuration: what it
// measured, where its bound was the same; and the declared bound, where that is longer than
// a step and the strategy kept a shorter one.
func revoked(s results.StepResult) Figure {
	out := Figure{Why: "its revocation step has no figure of it"}
	var here, declared *float64
	kept := true
	for _, f := range s.Figures {
		switch {
		case f.Unit != units[Staleness] || !known(f.Value, f.Value, f.Value).Known:
		case f.Name == stalenessMax:
			low, high := f.Value, f.Value
			if f.Low != 0 || f.High != 0 {
				low, high = f.Low, f.High
			}
			out, kept = known(f.Value, low, high), !f.Broken()
		case f.Name == stalenessLeast:
			out.AtLeast, out.Why = f.Value, "it was longer than the step"
		case f.Name == declaredBound:
			declared = &f.Value
		case strings.HasPrefix(f.Name, boundHere):
			here = &f.Value
		}
	}
	switch {
	case s.Verdict != results.Pass && s.Verdict != results.Fail:
		out = Figure{Why: fmt.Sprintf("its revocation step is %s%s", s.Verdict, because(s.Reason))}
	case out.Known && declared != nil && here != nil && *declared > *here && !kept:
		out = Figure{Why: fmt.Sprintf("it was %s where %s was the bound", seconds(out.Value), seconds(*here)), AtLeast: out.Value}
	case out.Known && declared != nil && here != nil && *declared > *here:
		out = Figure{Value: *declared, Low: *declared, High: *declared, Known: true, Kept: true, Seen: out.Value, Here: *here}
	}
	out.Declared = declared
	return out
}

// of is the worst that was seen of a strategy: with tokens of its form, or else of the same
// class, for how long an answer is kept hardly depends on the algorithm.
func (r revocations) of(step results.Step) Figure {
	form, strategy := step.Axis("form"), step.Axis("strategy").Value
	for _, a := range []about{{step.Target, strategy, "form", form.Value}, {step.Target, strategy, "class", form.Class}, {step.Target, strategy, "any", ""}} {
		if f, ok := r[a]; ok {
			return f
		}
	}
	return Figure{Why: "it wasn't measured"}
}

// worse joins what two steps say, of two repetitions or two routes: the worst counts, and
// where one of them doesn't know, nothing is known.
func worse(a, b Figure) Figure {
	worst, other := b, a
	if !a.Known || b.Known && a.Value >= b.Value {
		worst, other = a, b
	}
	worst.AtLeast = max(worst.AtLeast, other.AtLeast)
	if worst.Known {
		worst.Low, worst.High = max(worst.Low, other.Low), max(worst.High, other.High)
	}
	if worst.Declared == nil || other.Declared != nil && *other.Declared > *worst.Declared {
		worst.Declared = other.Declared
	}
	return worst
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
