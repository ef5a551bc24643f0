package report

import (
	"slices"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

// Each strategy's words are there once, however many steps it has, and twice where it was
// configured in two ways; none are made up for a step that tells none.
func TestDeclaredSection(t *testing.T) {
	t.Parallel()
	step := func(strategy, staleness, outage string) results.StepResult {
		r := results.StepResult{Step: results.Step{ID: strategy, Kind: results.KindLoad, Axes: []results.Axis{{Name: "strategy", Value: strategy}}}}
		if staleness != "" {
			r.Declared = &results.Declared{Staleness: staleness, Outage: outage}
		}
		return r
	}
	const long = "the token's remaining lifetime: a revocation is never seen"
	s := declaredSection(results.Run{Steps: []results.StepResult{
		step("local", long, "all"), step("introspect", "none", "nothing"), step("local", long, "all"), step("floor", "", ""), step("introspect", "1s", "nothing"),
	}}, nil)
	var got [][]string
	for _, row := range s.Tables[0].Rows {
		got = append(got, row.Cells)
	}
	want := [][]string{{"introspect", "1s", "nothing"}, {"introspect", "none", "nothing"}, {"local", "the token's remaining lifetime: a", "all"}, {"", "revocation is never seen", ""}}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("rows %q, want %q", got, want)
	}
	store := results.Service{Name: "store", Runtime: "process", Program: "postgres", Version: "17.2"}
	facts := stores(results.Run{Steps: []results.StepResult{{Services: []results.Service{{Name: "issuer", Runtime: "process"}, store}}, {Services: []results.Service{store}}}})
	if !slices.Equal(facts, []Fact{{"store", "process, postgres 17.2"}}) {
		t.Errorf("facts %v", facts)
	}
	if s := declaredSection(results.Run{Steps: []results.StepResult{step("floor", "", "")}}, nil); len(s.Tables) > 0 {
		t.Errorf("tables %v of nothing", s.Tables)
	}
}
