package choose

import (
	"testing"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

func exact(v float64) Figure { return Figure{Value: v, Low: v, High: v, Known: true} }

// named is a sound candidate with these figures.
func named(name string, figures map[string]Figure) Candidate {
	return Candidate{stats.Cell{Step: results.Step{Scenario: "load/" + name, Axes: []results.Axis{{Name: "strategy", Value: name}}}, Verdict: results.Pass}, figures}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	p99 := results.Bound{Figure: P99, Most: 0.02, Unit: "s"}
	for _, c := range []struct {
		name  string
		bound results.Bound
		f     Figure
		want  Standing
		above float64 // where it misses
	}{
		{"below", p99, exact(0.01), Meets, 0},
		{"at the bound", p99, exact(0.02), Meets, 0},
		{"above", p99, exact(0.025), Misses, 0.005},
		{"the interval is below", p99, Figure{Value: 0.015, Low: 0.01, High: 0.02, Known: true}, Meets, 0},
		{"the interval is above", p99, Figure{Value: 0.03, Low: 0.0201, High: 0.05, Known: true}, Misses, 0.01},
		{"the value is below and the interval isn't", p99, Figure{Value: 0.019, Low: 0.015, High: 0.024, Known: true}, Unsure, 0},
		{"the value is above and the interval isn't", p99, Figure{Value: 0.021, Low: 0.02, High: 0.024, Known: true}, Unsure, 0},
		{"not measured", p99, Figure{Why: "x"}, Unknown, 0},
		{"a bound of 0 is met by 0", results.Bound{Figure: IssuerCalls}, exact(0), Meets, 0},
		{"a bound of 0 is missed by 1", results.Bound{Figure: IssuerCalls}, exact(1), Misses, 1},
		{"at least more than the bound", results.Bound{Figure: Staleness, Most: 1, Unit: "s"}, Figure{AtLeast: 2.5}, Misses, 1.5},
		{"at least less than the bound", results.Bound{Figure: Staleness, Most: 60, Unit: "s"}, Figure{AtLeast: 2.5}, Unknown, 0},
		{"another unit", results.Bound{Figure: P99, Most: 20, Unit: "ms"}, exact(0.01), Unknown, 0},
		{"another unit, and at least", results.Bound{Figure: Staleness, Most: 20, Unit: "ms"}, Figure{AtLeast: 30}, Unknown, 0},
		{"no such figure", results.Bound{Figure: "p97", Most: 20}, Figure{Why: "nothing measures it"}, Unknown, 0},
	} {
		got := Within([]results.Bound{c.bound}, []Candidate{named("a", map[string]Figure{c.bound.Figure: c.f})})[0]
		if got.Standing != c.want || got.Parts[0].Standing != c.want {
			t.Errorf("%s: %v, want %v", c.name, got.Standing, c.want)
		}
		if above := got.Parts[0].Above(); c.want == Misses && (above < c.above*0.999 || above > c.above*1.001) {
			t.Errorf("%s: above by %g, want %g", c.name, above, c.above)
		}
	}
}

// What meets the bounds comes first, and the cheapest of it before the rest. One bound that
// is missed is enough, and one that is unknown is never met.
func TestWithinOrder(t *testing.T) {
	t.Parallel()
	bounds, err := Parse([]string{"p99=20ms", "issuer-calls=50"})
	if err != nil {
		t.Fatal(err)
	}
	of := func(p99, calls Figure, cpu Figure) map[string]Figure {
		return map[string]Figure{P99: p99, IssuerCalls: calls, CPU: cpu}
	}
	failed := named("failed", of(exact(0.001), exact(0), exact(1)))
	failed.Cell.Verdict, failed.Cell.Reason = results.Fail, "it let a bad token in"
	got := Within(bounds, []Candidate{
		named("misses", of(exact(0.03), exact(0), exact(10))),
		failed,
		named("dear", of(exact(0.01), exact(50), exact(300))),
		named("no CPU", of(exact(0.01), exact(50), Figure{Why: "x"})),
		named("cheap", of(exact(0.01), exact(0), exact(100))),
		named("unsure", of(Figure{Value: 0.02, Low: 0.01, High: 0.03, Known: true}, exact(0), exact(5))),
		named("unknown", of(exact(0.01), Figure{Why: "x"}, exact(5))),
		named("misses one, unknown the other", of(exact(0.03), Figure{Why: "x"}, exact(20))),
	})
	var order []string
	for _, a := range got {
		order = append(order, a.Cell.Step.Axis("strategy").Value+": "+a.Standing.String())
	}
	want := []string{"cheap: meets", "dear: meets", "no CPU: meets", "unsure: not sure", "unknown: unknown", "failed: misses", "misses: misses", "misses one, unknown the other: misses"}
	for i := range want {
		if i >= len(order) || order[i] != want[i] {
			t.Fatalf("order %q, want %q", order, want)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		all  []Standing
		want results.Verdict
	}{
		{"nothing was measured", nil, results.Inconclusive},
		{"one meets", []Standing{Misses, Unknown, Meets}, results.Pass},
		{"all miss", []Standing{Misses, Misses}, results.Fail},
		{"one may", []Standing{Misses, Unsure}, results.Inconclusive},
		{"of one nothing is known", []Standing{Misses, Unknown}, results.Inconclusive},
	} {
		var all []Answer
		for _, s := range c.all {
			all = append(all, Answer{Standing: s})
		}
		if got := Verdict(all); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
