package gate_test

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/gate"
	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

// The gate answers what was asked for, and is silent of what wasn't.
func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		within string
		change func(*results.Run)
		want   results.Verdict
		reason string
	}{
		{"", nil, results.Pass, ""},
		{"p99=5ms", nil, results.Pass, ""},
		{"p99=1.5ms,staleness=60s,issuer-calls=50", nil, results.Pass, ""},
		{"p99=100us", nil, results.Fail, "--within p99=100us: none of 16 measured strategies meets it"},
		{"staleness=60s,cpu=1us", nil, results.Fail, "none of 16"},
		{"p99=1.5ms", func(run *results.Run) { run.Steps = nil }, results.Inconclusive, "no strategy was put under a planned load"},
		{"issuer-calls=2000", func(run *results.Run) {
			for i := range run.Steps {
				run.Steps[i].Series.Counters = nil
			}
		}, results.Inconclusive, "0 are within chance, 16 have an unknown figure, 0 miss it"},
		{"p99=810us", nil, results.Inconclusive, "1 are within chance, 0 have an unknown figure, 15 miss it"},
		{"staleness=60s", func(run *results.Run) {
			run.Steps = run.Steps[:32] // the loads
		}, results.Inconclusive, "16 have an unknown figure"},
		{"p99=5ms", func(run *results.Run) { run.Steps[0].Series.Response.Encoded = "damaged" }, results.Error, "--within p99=5ms: step"},
	} {
		run := golden.Strategies(400)
		for i := range run.Steps { // an outage has wrong answers
			run.Steps[i].Series.Verdicts.WrongAllow = 0
		}
		if c.change != nil {
			c.change(&run)
		}
		if c.within != "" {
			var err error
			if run.Plan.Within, err = choose.Parse(strings.Split(c.within, ",")); err != nil {
				t.Fatal(err)
			}
		}
		got := gate.Decide(run)
		if got.Verdict != c.want {
			t.Errorf("%s: %v %q, want %v", c.within, got.Verdict, got.Reasons, c.want)
			continue
		}
		if all := strings.Join(got.Reasons, "\n"); !strings.Contains(all, c.reason) || c.reason == "" && all != "" {
			t.Errorf("%s: reasons %q, want %q", c.within, got.Reasons, c.reason)
		}
	}
}
