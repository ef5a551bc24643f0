package load

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// What a step finds decides on its verdict, however right its answers are: a figure beyond
// its limit fails it, and a step that didn't see what it is for has none.
func TestWhatAStepFinds(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(letsIn(func() {}))
	t.Cleanup(server.Close)
	limit := 2.0
	for name, test := range map[string]struct {
		value  float64
		doubt  string
		want   results.Verdict
		reason string
	}{
		"within its limit": {2, "", results.Pass, ""},
		"beyond its limit": {3.5, "", results.Fail, "staleness max is 3.5 s, beyond its limit of 2"},
		"not seen":         {1, "no end was seen", results.Inconclusive, "no end was seen"},
		"both":             {3.5, "no end was seen", results.Fail, "beyond its limit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := workload{name: "x", traffic: func(context.Context, results.Step, scenarios.Site) (Traffic, error) {
				ask := bearer(server.URL, "good", Allow)
				return Traffic{Requests: []Request{ask}, Order: []uint32{0}, Warm: []Request{ask}, Untimed: true, Doubt: func() string { return test.doubt },
					Figures: func(Measurement) []results.Figure {
						return []results.Figure{{Name: "staleness max", Unit: "s", Value: test.value, Worse: results.WorseUp, Limit: &limit}}
					}}, nil
			}}
			step := results.Step{Kind: results.KindLoad, Load: &results.Offered{Arrivals: results.Constant, Rate: 200, Duration: results.Duration(100 * time.Millisecond)}}
			r, err := w.Run(t.Context(), step, scenarios.Site{Seed: 1, Progress: func(float64, string) {},
				Instance: &targets.Instance{Verifier: server.URL, Secrets: redact.New()}})
			if err != nil || r.Verdict != test.want || !strings.Contains(r.Reason, test.reason) {
				t.Errorf("%v (%s), %v, want %v: %s", r.Verdict, r.Reason, err, test.want, test.reason)
			}
		})
	}
}

// A step that is cut short accuses nobody by a figure: what it is about may have been still
// to come.
func TestHalfAStepFindsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(letsIn(cancel))
	t.Cleanup(server.Close)
	least := 3.0
	w := workload{name: "x", traffic: func(context.Context, results.Step, scenarios.Site) (Traffic, error) {
		ask := bearer(server.URL, "good", Allow)
		return Traffic{Requests: []Request{ask}, Order: []uint32{0}, Figures: func(Measurement) []results.Figure {
			return []results.Figure{{Name: "expiries", Value: 0, Worse: results.WorseDown, Limit: &least}}
		}}, nil
	}}
	step := results.Step{Kind: results.KindLoad, Load: &results.Offered{Arrivals: results.Constant, Rate: 50, Duration: results.Duration(time.Minute)}}
	r, err := w.Run(ctx, step, scenarios.Site{Seed: 1, Progress: func(float64, string) {}, Instance: &targets.Instance{Verifier: server.URL, Secrets: redact.New()}})
	if err != nil || r.Verdict == results.Fail || len(r.Figures) != 1 || r.Figures[0].Broken() {
		t.Errorf("%v (%s), %v, figures %+v", r.Verdict, r.Reason, err, r.Figures)
	}
}

// A late generator and a busy machine take nothing from a step that isn't about latencies;
// all else does.
func TestAboutLatency(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"generator-late": true, "machine-saturated": true, "machine-busy": true, "unanswered": false, "event-failed": false, "rate-not-held": false} {
		r := results.StepResult{Reason: "why", Warnings: []results.Warning{{Code: "claims-unknown", Text: "a caveat"}, {Code: code, Text: "why"}}}
		if aboutLatency(r) != want {
			t.Errorf("%s: %v, want %v", code, !want, want)
		}
		r.Reason = "another"
		if aboutLatency(r) {
			t.Errorf("%s is taken for the reason, and is a caveat", code)
		}
	}
}
