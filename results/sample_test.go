package results

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the stored sample record and the schema anew")

var samplePath = filepath.Join("testdata", "sample", RunFile)

// TestStoredSample keeps the record that the reports' tests render readable, and in
// the form that Save writes. Its figures are made up; they stand for no server.
func TestStoredSample(t *testing.T) {
	if *update {
		f, err := Create(filepath.Dir(samplePath))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Save(sample()); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(samplePath)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Load(filepath.Dir(samplePath))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, stored) {
		t.Errorf("%s changes when it is loaded and saved; run go test ./results -update", samplePath)
	}
	for _, s := range run.Steps {
		if s.Series == nil {
			continue
		}
		for _, h := range []Histogram{s.Series.Response, s.Series.Service, s.Series.Lateness} {
			if _, err := h.Decode(); err != nil {
				t.Errorf("%s: %v", s.Step.ID, err)
			}
		}
	}
}

var sampleStart = time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)

// sampleCell is one strategy and form of the sample; times in nanoseconds.
type sampleCell struct {
	strategy, kind, form string
	median, sigma        float64 // of a log-normal service time
	tail                 float64 // share of requests that take 8 times as long
	issuer, verifier     float64 // CPU microseconds a request
	counters             []Counter
}

var sampleCells = []sampleCell{
	{"introspect", "opaque", "opaque", 910e3, 0.34, 0.012, 148, 121, sampleCounters(2000, 0, 0, 0)},
	{"introspect", "self-contained", "ES256", 1160e3, 0.36, 0.013, 241, 128, sampleCounters(2000, 0, 0, 0)},
	{"introspect-cached", "opaque", "opaque", 262e3, 0.30, 0.02, 3, 63, sampleCounters(50, 0, 1944, 56)},
	{"local", "self-contained", "RS256", 301e3, 0.24, 0.004, 0, 92, sampleCounters(0, 1, 0, 0)},
	{"local", "self-contained", "ES256", 356e3, 0.25, 0.004, 0, 147, sampleCounters(0, 1, 0, 0)},
	{"local", "self-contained", "EdDSA", 331e3, 0.25, 0.004, 0, 121, sampleCounters(0, 1, 0, 0)},
	{"floor", "", "", 120e3, 0.2, 0.002, 0, 35, sampleCounters(0, 0, 0, 0)},
}

func sampleCounters(introspections, fetches, hits, misses int64) []Counter {
	return []Counter{
		{"introspections", "issuer", true, introspections}, {"jwks_fetches", "issuer", false, fetches},
		{"cache_hits", "", false, hits}, {"cache_misses", "", false, misses},
	}
}

// sample is a made-up run that has one of everything a report must show.
func sample() Run {
	rng := rand.New(rand.NewPCG(1, 2))
	run := Run{
		Schema: SchemaVersion, ID: "20260115-093000-sample", Started: sampleStart, Finished: sampleStart.Add(95 * time.Second),
		Provenance: sampleProvenance(),
		Plan:       Plan{Profile: "standard", Seed: 42, Skipped: []Skip{{"load/local/PS256", "reference", NotApplicable, "the target does not declare issue/PS256"}}},
		Skipped:    []Skip{{"rfc7662/2.2/expired", "reference", NotApplicable, "the target does not declare short-lifetime"}},
		Warnings:   []Warning{{"machine-drifted", "SHA-256 ran at 1540/ms before and 1421/ms after the measurement, 7.7 % slower"}},
	}
	for rep := 1; rep <= 2; rep++ {
		for _, c := range sampleCells {
			late := c.strategy == "introspect" && c.form == "ES256" && rep == 2
			run.Steps = append(run.Steps, c.step(rng, rep, 200, Poisson, late))
		}
	}
	run.Steps = append(run.Steps, sampleCells[4].step(rng, 1, 0, Closed, false), sampleFigures(rng), sampleCosts(), sampleChecks())
	for i := range run.Steps {
		run.Steps[i].Started = sampleStart.Add(time.Duration(i) * 11 * time.Second)
		run.Plan.Steps = append(run.Plan.Steps, run.Steps[i].Step)
	}
	return run
}

func sampleProvenance() Provenance {
	return Provenance{
		Tool: "v0.1.0", Command: []string{"run", "--profile", "standard"},
		Go: "go1.26.0", OS: "linux", Arch: "amd64", Kernel: "6.12.0", CPU: "Example CPU 3.0 GHz", Cores: 2,
		Targets: []TargetProvenance{{
			Name: "reference", Version: "v0.1.0", Runtime: "process", RuntimeReason: "no container engine answers", Issuer: "http://127.0.0.1:38811", Accepts: `typ ["JWT"]`,
			Services: []Service{{Name: "issuer", Runtime: "process", Program: "oauthmark"}, {Name: "verifier", Runtime: "process", Program: "oauthmark"}},
		}},
		Calibration: []Calibration{{sampleStart, 1540, 41.2}, {sampleStart.Add(94 * time.Second), 1421, 40.8}},
	}
}

func (c sampleCell) step(rng *rand.Rand, rep int, rate float64, arrivals Arrivals, late bool) StepResult {
	const requests = 2000
	id := fmt.Sprintf("load/%s/%s@reference", c.strategy, c.form)
	if arrivals == Closed {
		id += "@closed"
	}
	response, service, lateness := NewHistogram(), NewHistogram(), NewHistogram()
	for range requests {
		took := c.median * math.Exp(c.sigma*rng.NormFloat64())
		if rng.Float64() < c.tail {
			took *= 8
		}
		wait := 30e3 * rng.ExpFloat64()
		if late {
			wait = 9e6 * rng.ExpFloat64()
		}
		Record(service, time.Duration(took))
		Record(lateness, time.Duration(wait))
		Record(response, time.Duration(took+wait))
	}
	elapsed := 10 * time.Second
	if arrivals == Closed {
		elapsed = 250 * time.Millisecond
	}
	out := StepResult{
		Step: Step{ID: fmt.Sprintf("%s#%d", id, rep), Scenario: "load/" + c.strategy, Kind: KindLoad, Does: "200/s poisson for 10s", Target: "reference",
			Repetition: rep, Axes: []Axis{{Name: "strategy", Value: c.strategy}, {"form", c.form, c.kind}},
			Load: &Offered{Arrivals: arrivals, Rate: rate, Duration: Duration(elapsed), Workers: 64, Tokens: 50}, Takes: Duration(elapsed)},
		Elapsed: Duration(elapsed), Verdict: Pass, Calibrations: []Calibration{{sampleStart, 1540, 41.2}, {sampleStart.Add(elapsed), 1533, 41.1}},
		Series: &Series{MostInFlight: 4,
			Planned: requests, Sent: requests, Verdicts: SampleVerdicts{RightAllow: requests}, Throughput: requests / elapsed.Seconds(),
			Response: EncodeHistogram(response), Service: EncodeHistogram(service), Lateness: EncodeHistogram(lateness), Undelayed: EncodeHistogram(service),
			BytesIn: requests * 180, BytesOut: requests * 240, Counters: c.counters,
			Usage: []Usage{
				{"generator", requests * 95e-6, 30 << 20}, {"issuer", requests * c.issuer * 1e-6, 24 << 20}, {"verifier", requests * c.verifier * 1e-6, 22 << 20},
			},
		},
	}
	if c.strategy == "floor" {
		out.Step.ID, out.Step.Floor, out.Step.Axes = fmt.Sprintf("load/floor@reference#%d", rep), true, out.Step.Axes[:1]
	}
	if c.strategy == "introspect-cached" {
		out.Series.Outcomes = sampleOutcomes(response, service)
		out.Step.Load.Mix = "valid=95,expired=3,too-little-scope=2"
	}
	if arrivals == Closed {
		out.Series.Planned = 0
	}
	if late {
		out.Verdict, out.Disturbed, out.Reason = Inconclusive, true, "p50 is 7.52 ms with what the generator added and 1.15 ms without it, apart by more than 2 %"
		out.Warnings = []Warning{{"generator-late", out.Reason}}
	}
	return out
}
