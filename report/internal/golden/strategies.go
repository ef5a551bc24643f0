package golden

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/results"
)

// made is a strategy of a made-up run. Times are in microseconds, staleness in seconds, as
// it is measured with a bound of 1 s, or declared; one below 0 wasn't measured.
type made struct {
	strategy, form, class string
	median, tail          float64
	calls                 float64 // questions for 1,000 requests
	issuer, verifier      float64 // CPU
	stale, declared       float64
}

var madeUp = []made{
	{"introspect", "opaque", "opaque", 690, 1900, 1000, 191, 351, 0, 0},
	{"introspect", "ES256", "self-contained", 780, 2000, 1000, 299, 339, 0.004, 0},
	{"introspect-cached", "opaque", "opaque", 340, 1140, 14, 8, 205, 0.93, 30},
	{"introspect-cached", "ES256", "self-contained", 420, 1680, 14, 9, 240, 0.91, 30},
	{"introspect-push", "opaque", "opaque", 345, 1160, 13, 9, 206, 0.012, 0},
	{"shared-cache", "opaque", "opaque", 610, 1700, 15, 8, 310, 0.97, 30},
	{"shared-db", "opaque", "opaque", 560, 1500, 0, 1, 290, 0, 0},
	{"local", "ES256", "self-contained", 500, 1280, 0, 4, 325, 0.96, 3600},
	{"local", "RS256", "self-contained", 430, 1060, 0, 3, 260, 0.96, 3600},
	{"local-cached", "RS256", "self-contained", 330, 950, 0, 1, 190, 0.93, 3600},
	{"local-denylist", "RS256", "self-contained", 440, 1090, 0, 5, 270, 0.96, 5},
	{"local-status", "RS256", "self-contained", 445, 1110, 0, 5, 275, 0.94, 30},
	{"local-online-status", "RS256", "self-contained", 820, 2200, 1000, 170, 420, 0.002, 0},
	{"hybrid", "RS256", "self-contained", 500, 1750, 100, 40, 300, -1, 0},
	{"phantom", "phantom-RS256", "opaque", 360, 1200, 16, 10, 220, 0.91, 60},
	{"split", "split-RS256", "opaque", 365, 1210, 16, 10, 225, 0.96, 60},
}

// Strategies is a made-up run of all strategies at the rates: load, revocations at the
// first of them, and an outage of the issuer.
func Strategies(rates ...float64) results.Run {
	run := results.Run{Schema: results.SchemaVersion, ID: "20260115-093000-strategies", Plan: results.Plan{Profile: "standard", Seed: 7},
		Provenance: results.Provenance{Tool: "v0.1.0", CPU: "Example CPU 3.0 GHz", Cores: 2, Targets: []results.TargetProvenance{{Name: "reference", Version: "v0.1.0", Runtime: "process"}}}}
	for _, rate := range rates {
		for _, m := range madeUp {
			for n := 1; n <= 2; n++ {
				run.Steps = append(run.Steps, m.load(rate, n))
			}
		}
	}
	for _, m := range madeUp {
		if m.stale >= 0 {
			run.Steps = append(run.Steps, m.revocation(rates[0]))
		}
	}
	for _, rate := range rates {
		floor := made{"floor", "", "", 80, 210, 0, 2, 60, -1, 0}.load(rate, 1)
		floor.Step.Floor, floor.Step.Axes = true, floor.Step.Axes[:1]
		run.Steps = append(run.Steps, floor)
	}
	for _, i := range []int{0, 2, 8} {
		run.Steps = append(run.Steps, madeUp[i].outage(rates[0]))
	}
	return run
}

// Asked is the run of all strategies, of which somebody asked which ones stay within bounds.
func Asked(t *testing.T) results.Run {
	t.Helper()
	run := Strategies(400)
	var err error
	if run.Plan.Within, err = choose.Parse([]string{"p99=1.5ms", "staleness=60s", "issuer-calls=50"}); err != nil {
		t.Fatal(err)
	}
	return run
}

func (m made) load(rate float64, n int) results.StepResult {
	const requests = 4000
	h := results.NewHistogram()
	for i := range requests {
		// From the median to the tail at p99 and beyond, exponentially.
		q := (float64(i) + 0.5) / requests
		took := m.median * math.Pow(m.tail/m.median, math.Log(1-q)/math.Log(0.01)-math.Log(0.5)/math.Log(0.01)) * (1 + 0.01*float64(n))
		results.Record(h, time.Duration(took*1e3))
	}
	step := Step("reference", m.strategy, m.form, m.class, rate)
	step.ID, step.Repetition, step.Load.Duration = fmt.Sprintf("%s@%g#%d", step.ID, rate, n), n, results.Duration(requests/rate*1e9)
	return results.StepResult{Step: step, Verdict: results.Pass, Elapsed: step.Load.Duration, Series: &results.Series{
		Planned: requests, Sent: requests, Verdicts: results.SampleVerdicts{RightAllow: requests}, Throughput: rate, Response: results.EncodeHistogram(h),
		Counters: []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true, Count: int64(m.calls * requests / 1000)}},
		Usage: []results.Usage{{Component: "generator", CPUSeconds: 250e-6 * requests}, {Component: "issuer", CPUSeconds: m.issuer * 1e-6 * requests},
			{Component: "verifier", CPUSeconds: m.verifier * 1e-6 * requests}},
	}}
}

func (m made) revocation(rate float64) results.StepResult {
	s := m.load(rate, 1)
	s.Step.Scenario, s.Step.ID = "revocation/"+m.strategy, "revocation/"+m.strategy+"/"+m.form+"@reference"
	limit := 1.0
	s.Figures = []results.Figure{{Name: "staleness p50", Unit: "s", Value: m.stale / 2}, {Name: "staleness max", Unit: "s", Value: m.stale, Low: m.stale, High: m.stale + 0.03, Worse: results.WorseUp, Limit: &limit},
		{Name: "bound in this step: what ends it", Unit: "s", Value: limit}, {Name: "declared bound", Unit: "s", Value: m.declared}}
	return s
}

// outage is a load of 6 s in whose middle the issuer is frozen for 2 s.
func (m made) outage(rate float64) results.StepResult {
	s := m.load(rate, 1)
	s.Step.Scenario, s.Step.ID = "outage/frozen", "outage/frozen/"+m.strategy+"/"+m.form+"@reference"
	const moments, from, to = 60, 20, 40
	each := int64(rate / 10)
	line := &results.Timeline{Every: results.Duration(100 * time.Millisecond),
		Marks: []results.Mark{{Name: "issuer frozen", From: results.Duration(2 * time.Second), To: results.Duration(4 * time.Second)}}}
	for i := range moments {
		now := results.Moment{LetIn: each - 1, KeptOut: 1, P50: int64(m.median * 1e3), P99: int64(m.tail * 1e3)}
		if i >= from && i < to {
			asks := int64(float64(each) * min(m.calls*float64(i-from)/20/14, 1))
			if m.calls == 1000 {
				asks = each
			}
			now.LetIn, now.KeptOut, now.Unanswered = max(each-1-asks, 0), min(1, each-asks), asks
			if now.LetIn == 0 {
				now.P50, now.P99 = 0, 0
			} else if m.calls > 0 {
				now.P99 *= 40
			}
			if m.calls > 0 && i == to-3 && asks < each {
				now.Wrong, now.LetIn = 2, max(now.LetIn-2, 0)
			}
		}
		line.Moments = append(line.Moments, now)
	}
	s.Series.Timeline = line
	return s
}
