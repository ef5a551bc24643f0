package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// tomorrow is a load scenario that nothing below this file has heard of: it varies what
// no other does, and finds figures beside latency.
type tomorrow struct{}

func (tomorrow) Plan(o scenarios.Options) (steps []results.Step, _ []results.Skip) {
	for _, t := range o.Targets {
		for _, path := range []string{"near", "far"} {
			steps = append(steps, results.Step{ID: "withdraw/" + path + "@" + t.Name + "#1", Kind: results.KindLoad, Target: t.Name, Repetition: 1,
				Does: "withdraws by the " + path + " path", Takes: results.Duration(time.Second), Axes: []results.Axis{{Name: "path", Value: path}},
				Load: &results.Offered{Arrivals: results.Poisson, Rate: 77, Duration: results.Duration(time.Second), Workers: 4}})
		}
	}
	return steps, nil
}

func (tomorrow) Run(_ context.Context, step results.Step, _ scenarios.Site) (results.StepResult, error) {
	h := results.NewHistogram()
	took := 3 * time.Millisecond
	if step.Axis("path").Value == "far" {
		took = 8 * time.Millisecond
	}
	for range 100 {
		results.Record(h, took)
	}
	limit := 500.0
	return results.StepResult{Verdict: results.Pass,
		Series: &results.Series{Planned: 101, Sent: 101, Verdicts: results.SampleVerdicts{RightAllow: 100, Either: 1}, Response: results.EncodeHistogram(h),
			Counters: []results.Counter{{Name: "tickets", Of: "issuer", PerToken: true, Count: 101}}},
		Figures: []results.Figure{{Name: "stale accepts", Value: 400, Worse: results.WorseUp, Limit: &limit}, {Name: "last accept", Unit: "s", Value: 4.25}}}, nil
}

// beside is an environment that needs no server.
type beside struct{ nothing }

func (beside) Instance(name string) *targets.Instance {
	return &targets.Instance{Target: targets.Target{Name: name}}
}

// A new scenario is told truthfully in every format, without a change to any: its name,
// what it varies, every figure, and one name for each of its cells.
func TestNewScenarioIsToldEverywhere(t *testing.T) {
	t.Parallel()
	all := append(catalogue(), scenarios.Scenario{Name: "withdraw", Title: "revokes tokens in the middle of a load", Workload: tomorrow{}})
	selected, err := scenarios.Select(all, []string{"withdraw"})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scenarios.Make(selected, scenarios.Options{Targets: []targets.Target{{Name: "x"}}, Profile: scenarios.Profiles()[0]}, 1)
	if err != nil {
		t.Fatal(err)
	}
	show := newProgress(stdio{err: &bytes.Buffer{}}, plan)
	if show.total != 2*time.Second {
		t.Errorf("the steps take %v in all, want the 2 s that they say", show.total)
	}
	out, err := scenarios.Runner{Scenarios: all, Observer: show}.Execute(t.Context(), plan, beside{})
	if err != nil {
		t.Fatal(err)
	}
	var listing bytes.Buffer
	if err := printPlan(stdio{out: &listing}, plan); err != nil || !strings.Contains(listing.String(), "withdraws by the far path") {
		t.Errorf("plan %v\n%s", err, listing.String())
	}
	doc, err := report.NewDocument(results.Run{Schema: results.SchemaVersion, ID: "r", Plan: plan, Steps: out.Steps})
	if err != nil || doc.Decision.Verdict != results.Pass {
		t.Fatal(err, doc.Decision)
	}
	must := map[string][]string{
		"text":     {"Latency of withdraw on x at 77", "near", "far", "stale accepts", "400", "at most 500", "last accept", "4.25 s"},
		"html":     {"Latency of withdraw on x at 77", "stale accepts", "400", "4.25 s"},
		"markdown": {"Latency of withdraw on x at 77", "stale accepts", "400", "4.25 s"},
		"json":     {`"name": "path"`, `"stale accepts"`, `"value": 400`, `"name": "tickets"`},
		"junit":    {"withdraw/far@x#1", "stale accepts: 400, at most 500", "last accept: 4.25 s"},
		"csv":      {",path,", ",tickets,", "figure,withdraw/far@x#1", ",stale accepts,", ",400,", ",4.25,s,"},
		"bench":    {"BenchmarkWithdraw/path=near/target=x/arrivals=poisson/rate=77 ", "BenchmarkWithdraw/path=far/", " 400 stale-accepts", " 4.25 last-accept-s", " 1 issuer-calls/op"},
		"hlog":     {"Tag=withdraw/near@x:77/s,", "Tag=withdraw/far@x:77/s,", "stale accepts: 400", "last accept: 4.25 s"},
	}
	for _, f := range formats {
		var rendered bytes.Buffer
		if err := f.write(&rendered, doc); err != nil {
			t.Fatal(f.name, err)
		}
		if must[f.name] == nil {
			t.Errorf("this test doesn't know the format %s: say what it must tell of a scenario", f.name)
		}
		for _, want := range must[f.name] {
			if !strings.Contains(rendered.String(), want) {
				t.Errorf("%s: no %q in\n%s", f.name, want, rendered.String())
			}
		}
	}
}

// A machine that was another one after the measurement than before is told.
func TestDriftIsTold(t *testing.T) {
	t.Parallel()
	for _, after := range []float64{1000, 500} {
		scores := []results.Calibration{{SHA256PerMs: 1000, P256PerMs: 40}, {SHA256PerMs: after, P256PerMs: 40}}
		m := measurement{plan: results.Plan{Steps: []results.Step{{ID: "s", Scenario: "s", Kind: results.KindFigures}}}, all: []scenarios.Scenario{{Name: "s", Workload: tomorrow{}}},
			calibrate: func() results.Calibration {
				c := scores[0]
				scores = scores[1:]
				return c
			}}
		folder, err := results.Create(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		var run results.Run
		if err := m.measure(t.Context(), &run, &keeper{progress: newProgress(stdio{err: &bytes.Buffer{}}, m.plan), folder: folder}); err != nil {
			t.Fatal(err)
		}
		drifted := slices.ContainsFunc(run.Warnings, func(w results.Warning) bool { return w.Code == "machine-drifted" })
		if drifted != (after != 1000) || len(run.Provenance.Calibration) != 2 {
			t.Errorf("%g after 1000: warnings %v of %d calibrations", after, run.Warnings, len(run.Provenance.Calibration))
		}
	}
}

// A record of the first schema version is rendered as what it was.
func TestFirstSchemaIsRendered(t *testing.T) {
	t.Parallel()
	run, err := results.Load(filepath.Join("testdata", "schema1.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := report.NewDocument(run)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := formats[0].write(&out, doc); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"verdict: pass", "Latency on reference at 400/s (poisson)", "introspect-cached/opaque", "local/ES256", "sign/ES256", "Checks: 1 of 1 pass", "local/ES256#1", "149 pass"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	again, err := results.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := results.Unmarshal("again", again); err != nil || second.Steps[0].Step.Kind != results.KindLoad || second.Schema != results.SchemaVersion {
		t.Errorf("saved anew it reads as %+v, %v", second.Steps[0].Step, err)
	}
}
