package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// withinRun is a run of two strategies, whose p99 is 1 and 2 ms, the latter with a
// revocation that took 5 s.
func withinRun() results.Run {
	run := results.Run{Schema: results.SchemaVersion, ID: "r", Plan: results.Plan{Profile: "quick"}}
	for i, strategy := range []string{"local", "introspect"} {
		h := results.NewHistogram()
		for range 3000 {
			results.Record(h, time.Duration(i+1)*time.Millisecond)
		}
		s := results.StepResult{Verdict: results.Pass, Step: results.Step{ID: "load/" + strategy, Scenario: "load/" + strategy, Kind: results.KindLoad, Target: "t",
			Axes: []results.Axis{{Name: "strategy", Value: strategy}}, Load: &results.Offered{Arrivals: results.Poisson, Rate: 100}},
			Series: &results.Series{Sent: 3000, Planned: 3000, Response: results.EncodeHistogram(h), Verdicts: results.SampleVerdicts{RightAllow: 3000},
				Counters: []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true, Count: int64(3000 * i)}}}}
		run.Steps = append(run.Steps, s)
	}
	revoked := run.Steps[1]
	revoked.Step.ID, revoked.Step.Scenario = "revocation/introspect", "revocation/introspect"
	revoked.Figures = []results.Figure{{Name: "staleness max", Unit: "s", Value: 5}}
	run.Steps = append(run.Steps, revoked)
	return run
}

// The exit code of a question: 0 where something stays within the bounds, 1 where nothing
// does, 3 where nothing that was measured can tell, and 2 for one that isn't understood.
func TestWithinExits(t *testing.T) {
	t.Parallel()
	folder, err := results.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Save(withinRun()); err != nil {
		t.Fatal(err)
	}
	asked := withinRun()
	asked.Plan.Within = []results.Bound{{Figure: "p99", Most: 0.5e-3, Unit: "s"}}
	old, err := results.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Save(asked); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"nothing is asked", []string{folder.Dir()}, exitPass, "Strategies on t at 100/s"},
		{"one meets", []string{folder.Dir(), "--within", "p99=1.5ms"}, exitPass, "within p99=1.5ms: local"},
		{"in several parts", []string{folder.Dir(), "--within", "p99=3ms", "--within", "staleness=5s,issuer-calls=1000"}, exitPass, "introspect (CPU unknown, p99 2.00 ms, staleness 5.00 s, issuer calls 1,000) alone"},
		{"none meets", []string{folder.Dir(), "--within", "p99=0.5ms"}, exitFail, "misses p99 by 500 us (1.00 ms)"},
		{"one can't tell", []string{folder.Dir(), "--within", "staleness=1s"}, exitInconclusive, "local: staleness unknown (it wasn't measured)"},
		{"nothing can tell", []string{folder.Dir(), "--within", "cpu=10us"}, exitInconclusive, "cpu unknown"},
		{"what the run was asked", []string{old.Dir()}, exitFail, "none of 2 measured strategies meets it"},
		{"another question of an old run", []string{old.Dir(), "--within", "p99=3ms"}, exitPass, "and local (CPU unknown), and which costs the servers least isn't known."},
		{"no figure", []string{folder.Dir(), "--within", "p98=3ms"}, exitUsage, `did you mean`},
		{"no bound", []string{folder.Dir(), "--within", "p99"}, exitUsage, "--within p99: has no bound"},
		{"no unit", []string{folder.Dir(), "--within", "p99=3"}, exitUsage, "with its unit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			got := run(t.Context(), append([]string{"report"}, tt.args...), stdio{nil, &out, &out})
			if got != tt.want || !strings.Contains(strings.Join(strings.Fields(out.String()), " "), tt.says) {
				t.Errorf("exit code %d, want %d, and %q in\n%s", got, tt.want, tt.says, out.String())
			}
		})
	}
}

// A question that a run couldn't answer is refused before it, and one that it can is in its
// plan.
func TestWithinIsPlanned(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"nothing under load", []string{"conform", "--within", "p99=3ms"}, exitUsage, "puts a strategy under a planned load"},
		{"a closed loop", []string{"load/local", "--arrivals", "closed", "--within", "p99=3ms"}, exitUsage, "puts a strategy under a planned load"},
		{"no revocation", []string{"load/local", "--within", "staleness=3s"}, exitUsage, "nothing that is selected measures it"},
		{"an unknown figure", []string{"load/local", "--within", "stalenes=3s"}, exitUsage, "staleness"},
		{"planned", []string{"load/local", "--within", "p99=3ms,issuer-calls=50"}, exitPass, "which strategies stay within p99=3ms, issuer-calls=50"},
		{"planned, as JSON", []string{"load/local", "--within", "p99=3ms", "--json"}, exitPass, `"figure": "p99"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			got := run(t.Context(), slices.Concat([]string{"plan"}, tt.args), stdio{nil, &out, &out})
			if got != tt.want || !strings.Contains(out.String(), tt.says) {
				t.Errorf("exit code %d, want %d, and %q in\n%s", got, tt.want, tt.says, out.String())
			}
		})
	}
}

// Staleness that no target lets be measured is refused with that reason.
func TestStalenessThatDoesNotApply(t *testing.T) {
	t.Parallel()
	plan := results.Plan{Within: []results.Bound{{Figure: "staleness", Most: 60, Unit: "s"}}, Steps: []results.Step{withinRun().Steps[0].Step},
		Skipped: []results.Skip{{ID: "revocation/local", Target: "t", Kind: results.NotApplicable, Reason: "t doesn't declare revocation"}}}
	if err := answerable(plan); err == nil || exitCode(err) != exitUsage || !strings.Contains(err.Error(), "revocation/local@t: t doesn't declare revocation") {
		t.Errorf("error %v, want the reason", err)
	}
}
