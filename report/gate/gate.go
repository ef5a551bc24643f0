// Package gate decides what a run means: one verdict, and the reasons for it.
//
// [Decide] takes the worst of everything that the run holds. It never takes the
// absence of bad news for good news: a run without data, a step without samples and
// a selected thing that didn't run are inconclusive. Bounds that were asked for are a part
// of it: that nothing stays within them is a failure. The command turns the verdict into
// its exit code.
package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// Decision is the answer of the gate.
type Decision struct {
	Verdict results.Verdict // never none
	Reasons []string        // the worst first; empty when the verdict is pass
}

// Decide judges a run.
func Decide(run results.Run) Decision {
	var j judge
	measured := false
	good := goodCells(run)
	var spoiled []results.StepResult
	for _, s := range run.Steps {
		measured = measured || s.Verdict > results.None
		switch {
		case s.Superseded || s.Disturbed && s.Verdict == results.Inconclusive && good[s.Step.Cell()]:
			// Another try, or another repetition, stands for it.
		case s.Disturbed && s.Verdict == results.Inconclusive:
			spoiled = append(spoiled, s)
		default:
			j.step(s)
		}
	}
	j.busy(spoiled, len(run.Steps))
	if !measured {
		j.add(results.Inconclusive, "nothing was measured")
	}
	if run.Interrupted {
		j.add(results.Inconclusive, "the run was interrupted")
	}
	for _, s := range results.Share(results.Absent(run)) {
		if s.Kind == results.NotRun {
			j.add(results.Inconclusive, "%s did not run: %s", s.Who(), s.Reason)
		}
	}
	j.within(run)
	return j.decision()
}

// goodCells are the cells of which a repetition passed.
func goodCells(run results.Run) map[string]bool {
	good := map[string]bool{}
	for _, s := range run.Steps {
		if s.Loaded() && s.Verdict == results.Pass {
			good[s.Step.Cell()] = true
		}
	}
	return good
}

// busy says once of all steps that the machine spoiled what is to be done.
func (j *judge) busy(spoiled []results.StepResult, of int) {
	switch len(spoiled) {
	case 0:
	case 1:
		j.step(spoiled[0])
	default:
		j.add(results.Inconclusive, "%d of %d steps were disturbed, the first of them %s (%s): this machine is busy: stop what else runs on it, lower --rate, or raise --repetitions, "+
			"of which one good one is enough", len(spoiled), of, spoiled[0].Step.ID, cmp.Or(spoiled[0].Reason, "no reason was recorded"))
	}
}

// Step judges one step alone, by what it holds and by its own verdict.
func Step(s results.StepResult) Decision {
	var j judge
	j.step(s)
	return j.decision()
}

// rules judge a step by what it holds, one for each kind of result. A new kind is a file
// with its rule, and its line here.
var rules = []func(*judge, results.StepResult){series, checks, figures, items, something}

// step judges one step by what it holds, and then by its own verdict, so that a step
// that calls itself right can't hide a wrong sample.
func (j *judge) step(s results.StepResult) {
	before := len(j.reasons)
	for _, rule := range rules {
		rule(j, s)
	}
	explained := results.Pass
	for _, r := range j.reasons[before:] {
		explained = max(explained, r.verdict)
	}
	if s.Verdict > explained {
		j.add(s.Verdict, "%s: %s: %s", s.Step.ID, s.Verdict, cmp.Or(s.Reason, "no reason was recorded"))
	}
}

// series wants a sample for each planned request, and none that is wrong.
func series(j *judge, s results.StepResult) {
	if s.Series == nil {
		return
	}
	v, example := s.Series.Verdicts, cmp.Or(s.Series.Verdicts.First, "no example was kept")
	if v.WrongAllow > 0 {
		j.add(results.Fail, "%s: %d wrong allowed: %s", s.Step.ID, v.WrongAllow, example)
	}
	if s.Verdict != results.Pass {
		return // the rest is why it isn't
	}
	if v.WrongDeny > 0 {
		j.add(results.Fail, "%s: %d wrongly denied: %s", s.Step.ID, v.WrongDeny, example)
	}
	if v.TransportError > 0 {
		j.add(results.Inconclusive, "%s: passed with %d requests unanswered", s.Step.ID, v.TransportError)
	}
	if s.Series.Sent < s.Series.Planned {
		j.add(results.Inconclusive, "%s: passed with %d of %d planned requests sent", s.Step.ID, s.Series.Sent, s.Series.Planned)
	}
	if v.Total() == 0 || s.Series.Response.Count == 0 {
		j.add(results.Inconclusive, "%s: passed without a sample", s.Step.ID)
	}
}

func checks(j *judge, s results.StepResult) {
	for _, f := range s.Findings {
		if v := f.Weight(); v > results.Pass {
			j.add(v, "%s: %s: %s", subject(f.Check, f.Target), f.Verdict, cmp.Or(f.Reason, f.Observed, f.Title))
		}
	}
}

// figures wants none beyond its limit.
func figures(j *judge, s results.StepResult) {
	for _, f := range s.Figures {
		if f.Broken() {
			j.add(results.Fail, "%s: %s is %v%s, beyond its limit of %v", s.Step.ID, f.Name, f.Value, strings.TrimRight(" "+f.Unit, " "), *f.Limit)
		}
	}
}

// items wants a result, or a reason, for each check or operation that was selected: that
// it doesn't apply is one. An operation's item has its scenario's name before it.
func items(j *judge, s results.StepResult) {
	if s.Verdict != results.Pass {
		return
	}
	answered := map[string]bool{}
	for _, f := range s.Findings {
		answered[f.Check] = true
	}
	for _, c := range s.Costs {
		answered[s.Step.Scenario+"/"+c.Operation] = true
	}
	for _, k := range s.Skipped {
		answered[k.ID] = true
	}
	for _, item := range s.Step.Items {
		if !answered[item] {
			j.add(results.Inconclusive, "%s: %s was selected and has no result", s.Step.ID, item)
		}
	}
}

// something wants a result at all.
func something(j *judge, s results.StepResult) {
	judged := slices.ContainsFunc(s.Findings, func(f results.Finding) bool { return f.Verdict > results.None })
	if s.Verdict == results.Pass && s.Series == nil && len(s.Costs) == 0 && len(s.Figures) == 0 && !judged {
		j.add(results.Inconclusive, "%s: passed without a result", s.Step.ID)
	}
}

// answers reports whether a step has a result for a selected check or operation, be
// it that it doesn't apply, or that it wasn't run for a reason that the step tells. An
// operation's item has its scenario's name before it.
func answers(s results.StepResult, item string) bool {
	return slices.ContainsFunc(s.Findings, func(f results.Finding) bool { return f.Check == item }) ||
		slices.ContainsFunc(s.Costs, func(c results.Cost) bool { return s.Step.Scenario+"/"+c.Operation == item }) ||
		slices.ContainsFunc(s.Skipped, func(k results.Skip) bool { return k.ID == item })
}

func subject(id, target string) string {
	if target == "" {
		return id
	}
	return id + "@" + target
}

// judge collects reasons.
type judge struct{ reasons []reason }

type reason struct {
	verdict results.Verdict
	text    string
}

func (j *judge) add(v results.Verdict, format string, args ...any) {
	j.reasons = append(j.reasons, reason{v, fmt.Sprintf(format, args...)})
}

func (j *judge) decision() Decision {
	slices.SortStableFunc(j.reasons, func(a, b reason) int { return cmp.Compare(b.verdict, a.verdict) })
	d := Decision{Verdict: results.Pass}
	for _, r := range j.reasons {
		d.Verdict = max(d.Verdict, r.verdict)
		d.Reasons = append(d.Reasons, r.text)
	}
	return d
}
