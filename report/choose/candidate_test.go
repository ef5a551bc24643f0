package choose_test

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

func candidates(t *testing.T, run results.Run) map[string]choose.Candidate {
	t.Helper()
	cells, err := stats.Cells(run)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]choose.Candidate{}
	for _, c := range choose.Candidates(run, cells) {
		out[c.Cell.Name()] = c
	}
	return out
}

// The figures are those of the cells, from the record to the unit.
func TestCandidates(t *testing.T) {
	t.Parallel()
	run := golden.Strategies(400)
	all := candidates(t, run)
	if len(all) != 16 {
		t.Fatalf("%d candidates, want the 16 strategies under load, without revocations and outages", len(all))
	}
	cached := all["introspect-cached/opaque"]
	for name, want := range map[string]float64{choose.IssuerCalls: 14, choose.CPU: 213, choose.Staleness: 30} {
		if f := cached.Figure(name); !f.Known || f.Value < want*0.999 || f.Value > want*1.001 {
			t.Errorf("%s is %+v, want %g", name, f, want)
		}
	}
	if f := cached.Figure(choose.P99); f.Value < 0.9e-3 || f.Value > 1.1e-3 || !(f.Low < f.Value && f.Value < f.High) {
		t.Errorf("p99 is %+v, want about 1 ms with an interval", f)
	}
	if p50, p999 := cached.Figure(choose.P50), cached.Figure(choose.P999); p50.Value >= cached.Figure(choose.P99).Value || p999.Value <= cached.Figure(choose.P99).Value {
		t.Errorf("p50 %+v and p99.9 %+v, want one below p99 and one above", p50, p999)
	}
	if f := all["hybrid/RS256"].Figure(choose.Staleness); f.Known || f.Why == "" {
		t.Errorf("staleness of hybrid is %+v, which nobody measured", f)
	}
	if f := cached.Figure("p97"); f.Known || f.Why == "" {
		t.Errorf("a figure that nothing measures is %+v", f)
	}
}

// What isn't sound has no figure of its load, and a failure is a reason of its own.
func TestUnsoundCandidates(t *testing.T) {
	t.Parallel()
	for _, v := range []results.Verdict{results.Inconclusive, results.Fail} {
		run := golden.Strategies(400)
		for i, s := range run.Steps {
			switch s.Step.Label() {
			case "local/RS256":
				run.Steps[i].Verdict, run.Steps[i].Reason = v, "why"
			case "local/ES256":
				run.Steps[i].Series.Counters = nil
			case "introspect/opaque":
				run.Steps[i].Series.Usage = run.Steps[i].Series.Usage[:2]
			}
		}
		all := candidates(t, run)
		for _, name := range []string{choose.P99, choose.IssuerCalls, choose.CPU} {
			if f := all["local/RS256"].Figure(name); f.Known || !strings.Contains(f.Why, map[results.Verdict]string{results.Inconclusive: "inconclusive", results.Fail: "failed"}[v]) {
				t.Errorf("%v: %s is %+v", v, name, f)
			}
		}
		if failed := all["local/RS256"].Failed(); (failed != "") != (v == results.Fail) {
			t.Errorf("%v: failed %q", v, failed)
		}
		if f := all["local/ES256"].Figure(choose.IssuerCalls); f.Known || f.Why == "" {
			t.Errorf("calls that nobody counted are %+v", f)
		}
		if f := all["introspect/opaque"].Figure(choose.CPU); f.Known || f.Why == "" {
			t.Errorf("CPU of a server that didn't tell is %+v", f)
		}
	}
}

func TestIsCandidate(t *testing.T) {
	t.Parallel()
	load := func(change func(*results.Step)) results.Step {
		s := golden.Step("t", "local", "ES256", "self-contained", 100)
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		step results.Step
		want bool
	}{
		"a strategy":       {load(func(*results.Step) {}), true},
		"the floor":        {load(func(s *results.Step) { s.Floor = true }), false},
		"a closed loop":    {load(func(s *results.Step) { s.Load.Arrivals = results.Closed }), false},
		"another scenario": {load(func(s *results.Step) { s.Scenario = "rtt/local" }), false},
		"no strategy":      {load(func(s *results.Step) { s.Axes = nil }), false},
		"no load":          {load(func(s *results.Step) { s.Load = nil }), false},
	} {
		if got := choose.IsCandidate(c.step); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
