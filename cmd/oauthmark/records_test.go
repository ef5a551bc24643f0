package main

import (
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// loaded is a step of a strategy and form on a target, with some samples.
func loaded(target, strategy, form, class string, rate float64, rep int) results.StepResult {
	return results.StepResult{
		Step: results.Step{ID: fmt.Sprintf("load/%s/%s@%s#%d", strategy, form, target, rep), Scenario: "load/" + strategy, Kind: results.KindLoad, Target: target, Repetition: rep,
			Axes: []results.Axis{{Name: "strategy", Value: strategy}, {Name: "form", Value: form, Class: class}},
			Load: &results.Offered{Arrivals: results.Poisson, Rate: rate, Duration: results.Duration(time.Second), Workers: 8}},
		Verdict: results.Pass,
		Series: &results.Series{Planned: 800, Sent: 800, Verdicts: results.SampleVerdicts{RightAllow: 800}, Throughput: rate,
			Response: spread, Service: spread, Lateness: spread, Usage: []results.Usage{{Component: "issuer", CPUSeconds: 1}, {Component: "verifier", CPUSeconds: 1}},
			Counters: []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true, Count: 800}}},
	}
}

// spread is a histogram with many buckets.
var spread = func() results.Histogram {
	h := results.NewHistogram()
	for i := range 800 {
		results.Record(h, time.Duration(i+1)*50*time.Microsecond)
	}
	return results.EncodeHistogram(h)
}()

// large makes a record with n of each thing that there may be many of.
func large(n int, of func(i int) results.StepResult) results.Run {
	run := results.Run{Schema: results.SchemaVersion, ID: "large"}
	for i := range n {
		s := of(i)
		run.Steps, run.Plan.Steps = append(run.Steps, s), append(run.Plan.Steps, s.Step)
	}
	return run
}
