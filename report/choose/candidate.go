package choose

import (
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// Candidate is a strategy with tokens of one form, on a target and at a rate, and the
// figures by which it can be chosen.
type Candidate struct {
	Cell    stats.Cell
	figures map[string]Figure
}

// Figure returns the figure of the name; one that nobody knows isn't known.
func (c Candidate) Figure(name string) Figure {
	if f, ok := c.figures[name]; ok {
		return f
	}
	return Figure{Why: "nothing measures it"}
}

// Failed says why the candidate can't be chosen whatever its figures are; it is empty for
// one that was found to do nothing wrong.
func (c Candidate) Failed() string {
	if c.Cell.Verdict <= results.Inconclusive {
		return ""
	}
	return c.Cell.Verdict.String() + because(c.Cell.Reason)
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// IsCandidate reports whether a step's figures are those of a strategy under a planned
// load.
func IsCandidate(s results.Step) bool {
	return family(s) == "load" && !s.Floor && s.Load != nil && !s.Load.Closed() && s.Axis("strategy").Value != ""
}

// Candidates are the strategies of a run in the order of its cells.
func Candidates(run results.Run, cells []stats.Cell) []Candidate {
	stale := revocationsOf(run)
	var out []Candidate
	for _, group := range stats.ByLoad(cells) {
		components := stats.Components(group)
		for _, c := range group {
			if !IsCandidate(c.Step) {
				continue
			}
			out = append(out, Candidate{c, figuresOf(c, components, stale)})
		}
	}
	return out
}

func figuresOf(c stats.Cell, components []string, stale revocations) map[string]Figure {
	out := map[string]Figure{Staleness: stale.of(c.Step)}
	if !c.Sound() {
		why := "the load was inconclusive" // for what reason, a report says once
		switch {
		case c.Verdict > results.Inconclusive:
			why = "the load failed"
		case c.Verdict == results.Pass:
			why = "it has no sample"
		}
		for _, name := range []string{P50, P99, P999, IssuerCalls, CPU} {
			out[name] = Figure{Why: why}
		}
		return out
	}
	out[P50], out[P99], out[P999] = quantileOf(c, 0.5), quantileOf(c, 0.99), quantileOf(c, 0.999)
	out[IssuerCalls] = repeated(c, func(c stats.Cell) (float64, bool) {
		questions, _, ok := c.Calls()
		return questions, ok
	}, "the resource server didn't tell whom it asked")
	out[CPU] = repeated(c, func(c stats.Cell) (float64, bool) { return c.ServerCPU(components) }, "a server didn't tell what it used")
	return out
}
