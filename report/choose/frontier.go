package choose

import "slices"

// frontierOf are the figures between which a strategy is a compromise.
var frontierOf = [3]string{P99, Staleness, IssuerCalls}

// effect is by how much a figure must be lower, beside the intervals, to count as lower.
const effect = 0.05

// Place is where a candidate stands among the others of its load.
type Place struct {
	Candidate
	Placed   bool   // all three figures are known
	Lacks    string // the first that isn't, and why
	Frontier bool   // no other one beats it
}

// Frontier places the candidates of one load by p99, staleness and questions to the
// issuer. One candidate beats another when none of the three is higher and one is surely
// lower: two that differ within chance leave each other on the frontier.
func Frontier(all []Candidate) []Place {
	out := make([]Place, len(all))
	for i, c := range all {
		out[i] = Place{Candidate: c, Placed: c.Failed() == ""}
		if !out[i].Placed {
			out[i].Lacks = c.Failed()
		}
		for _, name := range frontierOf {
			if f := c.Figure(name); !f.Known && out[i].Placed {
				out[i].Placed, out[i].Lacks = false, name+": "+f.Why
			}
		}
	}
	var points []point
	for i, p := range out {
		if p.Placed {
			points = append(points, pointOf(i, p.Candidate))
		}
	}
	for _, p := range points {
		out[p.index].Frontier = !slices.ContainsFunc(points, func(other point) bool { return other.beats(p) })
	}
	return out
}

// point is the figures of a candidate with a place: each is compared with each.
type point struct {
	index   int
	figures [3]Figure
}

func pointOf(index int, c Candidate) point {
	p := point{index: index}
	for i, name := range frontierOf {
		p.figures[i] = c.Figure(name)
	}
	return p
}

func (p point) beats(other point) bool {
	surely := false
	for i := range p.figures {
		x, y := &p.figures[i], &other.figures[i]
		if x.Value > y.Value {
			return false
		}
		surely = surely || x.High < y.Low*(1-effect)
	}
	return surely
}
