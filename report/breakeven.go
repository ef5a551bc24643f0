package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// asked is what one introspection costs, in nanoseconds, and how that is known.
type asked struct {
	ns  float64
	how string
}

// introspection takes the cost from load, where the run has it: the CPU time of issuer
// and verifier that a request needs more with introspection than with a cache before
// it, for each call that the cache saves. Where there is no load, it is the time of one
// introspection over loopback, which is nearer than any issuer will be.
func introspection(cells []stats.Cell, costs []results.Cost) (asked, bool) {
	for _, group := range stats.ByLoad(cells) {
		components := stats.Components(group)
		if plain, ok := soundOpaque(group, "introspect"); ok {
			cached, ok := soundOpaque(group, "introspect-cached")
			if !ok {
				continue
			}
			more, ok1 := plain.ServerCPU(components)
			less, ok2 := cached.ServerCPU(components)
			calls, ok3 := plain.Introspections()
			saved, ok4 := cached.Introspections()
			if ok1 && ok2 && ok3 && ok4 && more > less && calls > saved {
				return asked{(more - less) * 1e3 / ((calls - saved) / 1000),
					fmt.Sprintf("of the CPU of issuer and verifier, under load on %s", Load(plain))}, true
			}
		}
	}
	for _, c := range costs {
		if o := Operation(c.Operation); !o.IsLimit() && o.Family() == "introspect" {
			if center, _, _ := c.Figure(); center > 0 {
				return asked{center, "over HTTP on loopback, with issuer and verifier in one process"}, true
			}
		}
	}
	return asked{}, false
}

func soundOpaque(cells []stats.Cell, strategy string) (stats.Cell, bool) {
	for _, c := range cells {
		if c.Step.Strategy == strategy && c.Step.Kind == opaque && c.Sound() && !c.Closed() {
			return c, true
		}
	}
	return stats.Cell{}, false
}

// breakEven is the least number of requests, an introspection's answer serving them all,
// that cost less than to verify a signature at each: the introspection, and a look into
// the cache at each. It is 0 when no number does.
func breakEven(introspection, hit, verify float64) int64 {
	if verify <= hit {
		return 0
	}
	return int64(math.Floor(introspection/(verify-hit))) + 1
}

// soundCosts are the rows of the steps that passed.
func soundCosts(run results.Run) []results.Cost {
	var out []results.Cost
	for _, s := range run.Steps {
		if s.Verdict == results.Pass {
			out = append(out, s.Costs...)
		}
	}
	return out
}

// cacheHit is the time to judge an opaque token that the verifier remembers.
func cacheHit(costs []results.Cost) (float64, bool) {
	for _, c := range OfUsualSize(costs, "cache-hit") {
		if center, _, _ := c.Figure(); strings.HasPrefix(Operation(c.Operation).Word(0), "opaque") || Operation(c.Operation).Word(0) == "" {
			return center, true
		}
	}
	return 0, false
}

// breakEvenTables says for each algorithm after how many requests a cached introspection
// has cost less.
func breakEvenTables(run results.Run, cells []stats.Cell) []Table {
	costs := soundCosts(run)
	hit, ok := cacheHit(costs)
	ask, known := introspection(cells, costs)
	verify := OfUsualSize(costs, "verify")
	if !ok || !known || len(verify) == 0 {
		return nil
	}
	t := Table{
		Title:   "Requests that a cached introspection must serve to beat a signature",
		Columns: []Column{{Name: "instead of"}, {Name: "time", Numeric: true}, {Name: "requests", Numeric: true}, {Name: "verdict"}},
		Notes:   []string{fmt.Sprintf("An introspection takes %s (%s), and a look into the cache %s.", Nanoseconds(ask.ns), ask.how, Nanoseconds(hit))},
	}
	for _, c := range verify {
		center, _, _ := c.Figure()
		requests := "never"
		if n := breakEven(ask.ns, hit, center); n > 0 {
			requests = Count(n)
		}
		t.Rows = append(t.Rows, Row{[]string{starred(c.Operation, c), Nanoseconds(center), requests, results.Pass.String()}, results.Pass})
	}
	return []Table{t}
}

// breakEvenAnswer is the same in a sentence, of the algorithms that most issuers have.
func breakEvenAnswer(costs []results.Cost, cells []stats.Cell) []string {
	hit, ok := cacheHit(costs)
	ask, known := introspection(cells, costs)
	verify := forSentence(OfUsualSize(costs, "verify"))
	if !ok || !known || len(verify) == 0 {
		return nil
	}
	var parts []string
	for _, c := range verify {
		center, _, _ := c.Figure()
		alg := Operation(c.Operation).Word(0)
		if n := breakEven(ask.ns, hit, center); n > 0 {
			parts = append(parts, fmt.Sprintf("%s with %s", plural(int(n), "request"), alg))
		} else {
			parts = append(parts, "never with "+alg)
		}
	}
	return []string{fmt.Sprintf("A cached introspection beats the verifying of a signature once its answer serves %s: it takes %s (%s) and %s at each request.",
		strings.Join(parts, ", "), Nanoseconds(ask.ns), ask.how, Nanoseconds(hit))}
}

// costAnswer sets the two ways to look at a token side by side: to verify a
// signature, and to hash an identifier for its lookup.
func costAnswer(run results.Run, cells []stats.Cell) []string {
	costs := soundCosts(run)
	quote := func(all []results.Cost) string {
		var parts []string
		for _, c := range all {
			center, _, _ := c.Figure()
			parts = append(parts, fmt.Sprintf("%s with %s", Nanoseconds(center), c.Operation))
		}
		return strings.Join(parts, ", ")
	}
	var hash []results.Cost
	for _, c := range costs {
		o := Operation(c.Operation)
		if !o.IsLimit() && o.Family() == "hash" && strings.HasPrefix(o.Word(1), "opaque") && (len(hash) == 0 || o.Word(0) == "SHA-256" && o.Word(1) == "opaque-43") {
			hash = []results.Cost{c}
		}
	}
	var out []string
	if verify := forSentence(OfUsualSize(costs, "verify")); len(verify) > 0 && len(hash) > 0 {
		out = []string{fmt.Sprintf("In one process, verifying a self-contained token takes %s; hashing an opaque one takes %s.", quote(verify), quote(hash))}
	}
	return append(out, breakEvenAnswer(costs, cells)...)
}
