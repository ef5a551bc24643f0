package conformance_test

import (
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// As the command runs it: the scenario, on the machine's own clock. The tokens of the
// short clients really expire.
func TestScenarioOnTheRealClock(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for tokens to expire")
	}
	t.Parallel()
	inst := reference(t, nil, clean)
	last := 0.0
	got, err := conformance.Scenario(all()).Run(t.Context(), results.Step{ID: "conform@reference"}, scenarios.Site{
		Instance: inst,
		Progress: func(done float64, _ string) { last = done },
	})
	if err != nil || got.Verdict != results.Pass {
		t.Errorf("%s, %q, %v", got.Verdict, got.Reason, err)
	}
	for _, f := range got.Findings {
		if f.Verdict != results.Pass {
			t.Errorf("%s: %s, observed %q, reason %q", f.Check, f.Verdict, f.Observed, f.Reason)
		}
	}
	if last != 1 || len(got.Warnings) > 0 {
		t.Errorf("progress ended at %v, warnings %v", last, got.Warnings)
	}
	t.Logf("took %s", time.Duration(got.Elapsed).Round(time.Millisecond))
}
