package choose

// frontierOf are the figures between which a strategy is a compromise.
var frontierOf = []string{P99, Staleness, IssuerCalls}

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
	for i := range out {
		out[i].Frontier = out[i].Placed
		for j := range out {
			if out[j].Placed && out[i].Placed && beats(out[j].Candidate, out[i].Candidate) {
				out[i].Frontier = false
			}
		}
	}
	return out
}

func beats(a, b Candidate) bool {
	surely := false
	for _, name := range frontierOf {
		x, y := a.Figure(name), b.Figure(name)
		if x.Value > y.Value {
			return false
		}
		surely = surely || x.High < y.Low*(1-effect)
	}
	return surely
}
