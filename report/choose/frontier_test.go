package choose

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

// at is a candidate at a point.
func at(name string, p99, staleness, calls float64) Candidate {
	return named(name, map[string]Figure{P99: exact(p99), Staleness: exact(staleness), IssuerCalls: exact(calls)})
}

// roughly gives a figure of a candidate an interval.
func roughly(c Candidate, figure string, low, high float64) Candidate {
	f := c.figures[figure]
	f.Low, f.High = low, high
	c.figures[figure] = f
	return c
}

func without(c Candidate, figure string) Candidate {
	c.figures[figure] = Figure{Why: "it wasn't measured"}
	return c
}

func TestFrontier(t *testing.T) {
	t.Parallel()
	failed := at("failed", 0.1, 0, 0)
	failed.Cell.Verdict, failed.Cell.Reason = results.Fail, "it let a bad token in"
	for _, c := range []struct {
		name     string
		all      []Candidate
		want     string // of those on it
		unplaced string // and why
	}{
		{"none", nil, "", ""},
		{"one alone", []Candidate{at("a", 1, 1, 1)}, "a", ""},
		{"a compromise each", []Candidate{at("a", 1, 60, 0), at("b", 2, 0, 1000), at("c", 1.5, 30, 50)}, "a b c", ""},
		{"one is better in all", []Candidate{at("a", 1, 1, 1), at("b", 2, 2, 2)}, "a", ""},
		{"one is better in one and worse in none", []Candidate{at("a", 1, 1, 1), at("b", 1, 1, 2)}, "a", ""},
		{"two are alike", []Candidate{at("a", 1, 1, 1), at("b", 1, 1, 1), at("c", 2, 2, 2)}, "a b", ""},
		{"0 is better than anything", []Candidate{at("a", 1, 0, 0), at("b", 1, 0.001, 0)}, "a", ""},
		{"a difference within chance", []Candidate{roughly(at("a", 1, 60, 0), P99, 0.8, 1.2), roughly(at("b", 1.1, 60, 0), P99, 0.9, 1.3)}, "a b", ""},
		{"a difference beyond chance", []Candidate{roughly(at("a", 1, 60, 0), P99, 0.9, 1.1), roughly(at("b", 1.3, 60, 0), P99, 1.2, 1.4)}, "a", ""},
		{"too small to matter", []Candidate{at("a", 1, 60, 0), at("b", 1.04, 60, 0)}, "a b", ""},
		{"surely faster, and stale within chance", []Candidate{at("a", 1, 60, 0), at("b", 2, 61, 0)}, "a", ""},
		{"what isn't known has no place", []Candidate{at("a", 2, 2, 2), without(at("b", 1, 1, 1), Staleness)}, "a", "b: staleness: it wasn't measured"},
		{"nothing is known", []Candidate{without(at("a", 1, 1, 1), P99)}, "", "a: p99: it wasn't measured"},
		{"what failed has no place", []Candidate{at("a", 1, 1, 1), failed}, "a", "failed: fail (it let a bad token in)"},
	} {
		var on, off []string
		for _, p := range Frontier(c.all) {
			name := p.Cell.Step.Axis("strategy").Value
			if p.Frontier {
				on = append(on, name)
			}
			if !p.Placed {
				off = append(off, name+": "+p.Lacks)
			}
		}
		if got := strings.Join(on, " "); got != c.want {
			t.Errorf("%s: %q on the frontier, want %q", c.name, got, c.want)
		}
		if got := strings.Join(off, "; "); got != c.unplaced {
			t.Errorf("%s: without a place %q, want %q", c.name, got, c.unplaced)
		}
	}
}

// However points lie and however unsure they are, there is a frontier, and whoever isn't on
// it is beaten by one that is known.
func TestFrontierIsNeverEmpty(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		var all []Candidate
		for i := range 2 + random.IntN(12) {
			c := at(fmt.Sprint(i), float64(1+random.IntN(4)), float64(random.IntN(4)), float64(random.IntN(4)))
			for _, name := range frontierOf {
				v := c.figures[name].Value
				c = roughly(c, name, v*(1-0.4*random.Float64()), v*(1+0.4*random.Float64()))
			}
			all = append(all, c)
		}
		places := Frontier(all)
		if !slices.ContainsFunc(places, func(p Place) bool { return p.Frontier }) {
			t.Fatalf("no frontier of %d points", len(all))
		}
		for _, p := range places {
			if beaten := slices.ContainsFunc(all, func(c Candidate) bool { return pointOf(0, c).beats(pointOf(1, p.Candidate)) }); beaten == p.Frontier {
				t.Fatalf("%s: on the frontier %v, and beaten %v", p.Cell.Name(), p.Frontier, beaten)
			}
		}
	}
}
