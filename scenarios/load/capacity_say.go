package load

import (
	"fmt"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// say says how a trial went.
func (t trial) say(level scenarios.Level) string {
	switch t.outcome {
	case held:
		return fmt.Sprintf("held, %s %v", level.Name, round(t.at*1e9))
	case blocked:
		return "not held, for the generator: " + t.why
	}
	return "not held: " + t.why
}

// conclude fills in the result of a search.
func (s *searching) conclude(out *results.StepResult, f found) {
	warn := func(code, text string) {
		out.Warnings = append(out.Warnings, results.Warning{Code: code, Text: text})
	}
	out.Verdict = results.Pass
	if f.held == nil {
		out.Verdict = results.Inconclusive
		out.Reason = "no rate kept " + s.level.String()
		if f.failed != nil {
			out.Reason = fmt.Sprintf("not even %s/s kept %s: %s; the bottleneck is %s", figure(f.failed.rate), s.level, f.failed.why, s.of(f.failed).measured.bottleneck(*f.failed))
		}
		warn("no-capacity", out.Reason)
	} else {
		out.Series, out.Figures = s.of(f.held).series, s.figures(f)
		warn("bottleneck", s.sentence(f))
		if n := s.of(f.held).measured.Verdicts.RightAllow; !results.Resolves(n, s.level.Quantile) {
			warn("few-samples", fmt.Sprintf("%d answers at the rate that held are too few for %s: it is only known that none took longer", n, s.level.Name))
		}
	}
	// It isn't tried again as other steps are: a search takes as long as ten of them.
	if len(s.unusual) > 0 && out.Verdict == results.Pass {
		out.Verdict, out.Reason = results.Inconclusive, s.unusual[0]+" while a rate was confirmed: use a machine where less else runs"
		warn("machine-busy", out.Reason)
	}
	if f.wrong != nil {
		out.Verdict = results.Fail
		out.Reason = fmt.Sprintf("at %s/s, %s", figure(f.wrong.rate), f.wrong.why)
		warn("wrong-answer", out.Reason)
	}
}

// figures are the capacity, with its interval between the rate that was confirmed and the
// one that wasn't held, and what it was like there.
func (s *searching) figures(f found) []results.Figure {
	rate := results.Figure{Name: "capacity", Unit: "/s", Value: f.held.rate, Worse: results.WorseDown}
	if f.atLeast() {
		rate.Name = "capacity, at least"
	} else {
		rate.Low, rate.High = f.held.rate, f.failed.rate
	}
	out := []results.Figure{rate, {Name: s.level.Name + " at capacity", Unit: "s", Value: f.held.at, Worse: results.WorseUp}}
	for _, u := range s.of(f.held).measured.cores() {
		out = append(out, results.Figure{Name: u.Component + " at capacity", Unit: "cores", Value: u.CPUSeconds})
	}
	return out
}

// sentence says what was found, and what kept it from more.
func (s *searching) sentence(f found) string {
	text := fmt.Sprintf("%s held at %s/s (%s %v)", s.level, figure(f.held.rate), s.level.Name, round(f.held.at*1e9))
	if f.failed == nil {
		return text + ", and no higher rate was found that didn't"
	}
	text += fmt.Sprintf(", and not at %s/s (%s, %s/s answered): the bottleneck is %s", figure(f.failed.rate), f.failed.why, figure(f.failed.answered), s.of(f.failed).measured.bottleneck(*f.failed))
	if f.atLeast() {
		text += ", so that the server may hold more"
	}
	return text
}
