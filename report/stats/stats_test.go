package stats

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

func histogram(latencies ...time.Duration) results.Histogram {
	h := results.NewHistogram()
	for _, d := range latencies {
		results.Record(h, d)
	}
	return results.EncodeHistogram(h)
}

// The p99 of two shards, one of them sick, is neither shard's nor their mean.
func TestMergeIsNotTheMeanOfPercentiles(t *testing.T) {
	t.Parallel()
	well, sick := results.NewHistogram(), results.NewHistogram()
	for i := range 9900 {
		results.Record(well, time.Duration(i)*100*time.Nanosecond)
	}
	for range 100 {
		results.Record(sick, time.Second)
	}
	shard := func(rep int, h *hdrhistogram.Histogram) results.StepResult {
		s := load("local", "ES256", rep, results.Pass, 0)
		s.Series.Response = results.EncodeHistogram(h)
		return s
	}
	cells, err := Cells(results.Run{Steps: []results.StepResult{shard(1, well), shard(2, sick)}})
	if err != nil || len(cells) != 1 {
		t.Fatal(cells, err)
	}
	merged := cells[0].Response
	if got := merged.TotalCount(); got != 10000 {
		t.Errorf("%d samples, want 10000", got)
	}
	if got := Quantile(merged, 0.99); got > int64(time.Millisecond) {
		t.Errorf("p99 = %d ns, want below 1 ms: 99 %% of the samples are", got)
	}
	if got := Quantile(merged, 0.995); got < int64(990*time.Millisecond) {
		t.Errorf("p99.5 = %d ns, want the sick shard's second", got)
	}
}

func load(strategy, form string, rep int, verdict results.Verdict, d time.Duration) results.StepResult {
	return results.StepResult{
		Step: results.Step{Scenario: "load/" + strategy, Kind: results.KindLoad, Target: "t", Repetition: rep,
			Axes: []results.Axis{{Name: "strategy", Value: strategy}, {Name: "form", Value: form}}, Load: &results.Offered{Rate: 100}},
		Verdict: verdict, Reason: verdict.String(),
		Series: &results.Series{Sent: 2, Throughput: float64(rep), Response: histogram(d, d),
			Usage:    []results.Usage{{Component: "verifier", CPUSeconds: 1e-4}, {Component: "generator", CPUSeconds: 1e-3}, {Component: "issuer", CPUSeconds: 3e-4}},
			Counters: []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true, Count: 1}, {Name: "jwks_fetches", Of: "issuer", Count: 1}, {Name: "cache_hits", Count: 9}}},
	}
}

func TestCells(t *testing.T) {
	t.Parallel()
	faster := load("local", "ES256", 1, results.Pass, time.Millisecond)
	faster.Step.Load = &results.Offered{Rate: 200}
	cells, err := Cells(results.Run{Steps: []results.StepResult{
		load("local", "ES256", 1, results.Pass, time.Millisecond),
		load("introspect", "opaque", 1, results.Pass, 3*time.Millisecond),
		load("local", "ES256", 2, results.Inconclusive, 2*time.Millisecond),
		faster,
		{Step: results.Step{ID: "cost"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(cells) != 3 || cells[0].Name() != "introspect/opaque" || cells[1].Name() != "local/ES256" || cells[2].Offered().Rate != 200 {
		t.Fatalf("cells %v, want introspect/opaque and local/ES256 at 100/s, then local/ES256 at 200/s", cells)
	}
	if got := Components(cells); strings.Join(got, " ") != "issuer verifier generator" {
		t.Errorf("components %v, want the generator last", got)
	}
	local := cells[1]
	if local.Verdict != results.Inconclusive || local.Reason != "inconclusive" || local.Sound() {
		t.Errorf("verdict %v (%s), want the worst of the repetitions", local.Verdict, local.Reason)
	}
	if local.Response.TotalCount() != 4 || local.Sent != 4 {
		t.Errorf("%d samples of %d requests, want 4 of 4", local.Response.TotalCount(), local.Sent)
	}
	if got := local.Throughput(); got != 1.5 {
		t.Errorf("throughput %v, want 1.5", got)
	}
	for _, c := range []struct {
		name string
		got  func() (float64, bool)
		want float64
	}{
		{"issuer", func() (float64, bool) { return local.CPU("issuer") }, 150},
		{"servers", func() (float64, bool) { return local.ServerCPU([]string{"issuer", "verifier", Generator}) }, 200},
		{"questions", func() (float64, bool) { n, _, ok := local.Calls(); return n, ok }, 500},
		{"calls", func() (float64, bool) { _, n, ok := local.Calls(); return n, ok }, 1000},
	} {
		if got, ok := c.got(); !ok || math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s = %v, %v, want %v", c.name, got, ok, c.want)
		}
	}
}

// A store is a server that a request costs, too: where its share isn't known, nor is the
// whole. Cells that have none aren't about it.
func TestServerCPUOfAStore(t *testing.T) {
	t.Parallel()
	all := []string{"issuer", "store", "verifier", Generator}
	for _, tt := range []struct {
		name, class string
		used        bool
		want        float64 // 0 for unknown
	}{{"none", "", false, 200}, {"a file", "file", false, 200}, {"a server", "server", true, 500}, {"a server that doesn't tell", "server", false, 0}} {
		r := load("shared-db", "opaque", 1, results.Pass, time.Millisecond)
		if tt.class != "" {
			r.Step.Axes = append(r.Step.Axes, results.Axis{Name: "store", Value: "any", Class: tt.class})
		}
		if tt.used {
			r.Series.Usage = append(r.Series.Usage, results.Usage{Component: "store", CPUSeconds: float64(r.Series.Sent) * 300e-6})
		}
		cells, err := Cells(results.Run{Steps: []results.StepResult{r}})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := cells[0].ServerCPU(all)
		if ok != (tt.want > 0) || ok && math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: %v, %v, want %v", tt.name, got, ok, tt.want)
		}
		if _, ok := cells[0].ServerCPU([]string{"issuer", "verifier"}); ok != (tt.class != "server") {
			t.Errorf("%s: known without the store: %v", tt.name, ok)
		}
	}
}

// A figure that one repetition lacks is unknown, not smaller.
func TestAbsentFiguresAreUnknown(t *testing.T) {
	t.Parallel()
	whole, part := load("local", "ES256", 1, results.Pass, time.Millisecond), load("local", "ES256", 2, results.Pass, time.Millisecond)
	part.Series.Usage, part.Series.Counters = nil, nil
	cells, err := Cells(results.Run{Steps: []results.StepResult{whole, part}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := cells[0].CPU("issuer"); ok {
		t.Error("CPU is known, want unknown")
	}
	if _, ok := cells[0].ServerCPU([]string{"issuer"}); ok {
		t.Error("ServerCPU is known, want unknown")
	}
	if _, _, ok := cells[0].Calls(); ok {
		t.Error("Calls is known, want unknown")
	}
}

// A repetition that couldn't be measured has no figures, and spoils its cell.
func TestUnmeasuredRepetition(t *testing.T) {
	t.Parallel()
	gone := load("local", "ES256", 2, results.Inconclusive, time.Millisecond)
	gone.Series = nil
	for n, steps := range map[int][]results.StepResult{1: {load("local", "ES256", 1, results.Pass, time.Millisecond), gone}, 0: {gone}} {
		cells, err := Cells(results.Run{Steps: steps})
		if err != nil {
			t.Fatal(err)
		}
		if len(cells) != 1 || len(cells[0].Steps) != n || cells[0].Sound() || cells[0].Verdict != results.Inconclusive {
			t.Fatalf("%d measured: cells %+v, want one that isn't sound", n, cells)
		}
		cells[0].Throughput()
		if _, _, ok := cells[0].Calls(); ok != (n > 0) {
			t.Errorf("%d measured: calls known: %v", n, ok)
		}
	}
}

func TestBucketsAreBounded(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{load("local", "ES256", 1, results.Pass, time.Millisecond), load("local", "ES256", 2, results.Pass, time.Second)}}
	if _, err := cellsWithin(run, 2); err != nil {
		t.Error(err)
	}
	if _, err := cellsWithin(run, 1); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("error %v, want that two buckets are too many", err)
	}
}

// A disturbed repetition says nothing about the server, and is left out where another is
// good; so is a try that another stands for. What blames the server never is.
func TestCellIsJudgedByItsGoodRepetitions(t *testing.T) {
	t.Parallel()
	good := load("local", "ES256", 1, results.Pass, time.Millisecond)
	spoiled := load("local", "ES256", 2, results.Inconclusive, time.Second)
	spoiled.Disturbed = true
	tried := spoiled
	tried.Superseded = true
	unanswered := load("local", "ES256", 3, results.Inconclusive, time.Second)
	wrong := load("local", "ES256", 3, results.Fail, time.Millisecond)
	for _, c := range []struct {
		name    string
		steps   []results.StepResult
		verdict results.Verdict
		counted int
		leftOut int
	}{
		{"one is disturbed", []results.StepResult{good, tried, spoiled}, results.Pass, 1, 1},
		{"all are disturbed", []results.StepResult{spoiled}, results.Inconclusive, 1, 0},
		{"one is unanswered", []results.StepResult{good, unanswered}, results.Inconclusive, 2, 0},
		{"one is wrong", []results.StepResult{good, spoiled, wrong}, results.Fail, 2, 1},
	} {
		cells, err := Cells(results.Run{Steps: c.steps})
		if err != nil {
			t.Fatal(err)
		}
		if got := cells[0]; got.Verdict != c.verdict || len(got.Steps) != c.counted || len(got.LeftOut) != c.leftOut {
			t.Errorf("%s: %v of %d with %d left out", c.name, got.Verdict, len(got.Steps), len(got.LeftOut))
		}
	}
}
