package choose

import (
	"cmp"
	"math"
	"slices"

	"github.com/oauthmark/oauthmark/results"
)

// Standing is how a candidate stands to a bound, or to all of them: the worst counts.
type Standing uint8

const (
	Meets   Standing = iota // the whole interval is within the bound
	Unsure                  // the interval holds the bound
	Unknown                 // the figure isn't known
	Misses                  // the whole interval is beyond the bound
)

func (s Standing) String() string {
	return [...]string{"meets", "not sure", "unknown", "misses"}[min(s, Misses)]
}

// Part is how a candidate stands to one bound.
type Part struct {
	Bound results.Bound
	Figure
	Standing Standing
}

// Above is by how much the figure is beyond the bound, at least.
func (p Part) Above() float64 { return max(p.Value, p.AtLeast) - p.Bound.Most }

// Answer is how a candidate stands to all bounds. One that failed misses them, whatever
// its figures are.
type Answer struct {
	Candidate
	Standing Standing
	Parts    []Part
}

// Within says of each candidate how it stands to the bounds: those that meet them first,
// and among equals the one that costs the servers least CPU for a request.
func Within(bounds []results.Bound, all []Candidate) []Answer {
	var out []Answer
	for _, c := range all {
		a := Answer{Candidate: c}
		for _, b := range bounds {
			p := Part{Bound: b, Figure: c.Figure(b.Figure)}
			p.Standing = standing(b, p.Figure)
			a.Parts, a.Standing = append(a.Parts, p), max(a.Standing, p.Standing)
		}
		if c.Failed() != "" {
			a.Standing = Misses
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(a.Standing, b.Standing), cmp.Compare(a.cost(), b.cost()))
	})
	return out
}

func standing(b results.Bound, f Figure) Standing {
	switch {
	case !f.Known && b.Unit == units[b.Figure] && f.AtLeast > b.Most:
		return Misses
	case !f.Known || b.Unit != units[b.Figure]:
		return Unknown
	case f.High <= b.Most:
		return Meets
	case f.Low > b.Most:
		return Misses
	}
	return Unsure
}

// cost is the CPU of the servers for a request; one that isn't known comes last.
func (a Answer) cost() float64 {
	if f := a.Figure(CPU); f.Known {
		return f.Value
	}
	return math.Inf(1)
}

// Verdict is the answer to whether anything meets the bounds. Where nothing does, it is
// inconclusive as long as one candidate may, and where there is none.
func Verdict(all []Answer) results.Verdict {
	if len(all) == 0 {
		return results.Inconclusive
	}
	v := results.Fail
	for _, a := range all {
		switch a.Standing {
		case Meets:
			return results.Pass
		case Unsure, Unknown:
			v = results.Inconclusive
		}
	}
	return v
}
