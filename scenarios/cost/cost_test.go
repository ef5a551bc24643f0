package cost

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// suite is a few operations of each kind that are fast.
func suite() []operation {
	names := []string{"cache-hit/opaque-43", "hash/SHA-256/jwt-0.6k", "hash/SHA-256/opaque-43", "sign/ES256/0.6k", "sign/EdDSA/0.6k",
		"sign/RS256/0.6k", "verify/ES256/0.6k", "verify/EdDSA/0.6k", "verify/RS256/0.6k"}
	return slices.DeleteFunc(slices.Clone(table), func(op operation) bool { return !slices.Contains(names, op.name) })
}

// ticking is that part on a clock by which each batch takes a millisecond, so
// that what a run returns doesn't depend on the machine.
func ticking() bench {
	return bench{table: suite(), now: newClock(minBatch).now, heap: func() heapCount { return heapCount{} }}
}

// enough is a budget for two operations and their limits on that clock.
const enough = 800 * minBatch

func site(budget time.Duration) scenarios.Site {
	return scenarios.Site{Seed: 7, Budget: results.Duration(budget), Progress: func(float64, string) {}}
}

func TestScenario(t *testing.T) {
	t.Parallel()
	s := Scenario(nil)
	if s.Name != "cost" || s.Title == "" {
		t.Errorf("the scenario is %+v", s)
	}
	if len(s.Items) != len(table) {
		t.Errorf("%d items for %d operations", len(s.Items), len(table))
	}
	if !slices.IsSorted(s.Items) {
		t.Errorf("the items aren't sorted: %v", s.Items)
	}
	for _, item := range s.Items {
		if !strings.HasPrefix(item, "cost/") {
			t.Errorf("%s isn't a whole name", item)
		}
	}
}

func TestRunMeasuresSelectedOperationsAndTheirLimits(t *testing.T) {
	t.Parallel()
	b := ticking()
	for _, tt := range []struct {
		items []string
		want  []string
	}{
		{[]string{"cost/sign/ES256/0.6k"}, []string{"limit/sign/ES256/0.6k", "sign/ES256/0.6k"}},
		{[]string{"cost/verify/EdDSA/0.6k", "cost/hash/SHA-256/jwt-0.6k", "cost/verify/EdDSA/0.6k"},
			[]string{"hash/SHA-256/jwt-0.6k", "limit/hash/SHA-256/jwt-0.6k", "limit/verify/EdDSA/0.6k", "verify/EdDSA/0.6k"}},
	} {
		step := results.Step{ID: "cost", Scenario: "cost", Items: tt.items}
		r, err := b.Run(t.Context(), step, site(enough))
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != results.Pass || r.Reason != "" {
			t.Errorf("the verdict is %v: %s", r.Verdict, r.Reason)
		}
		var names []string
		for _, c := range r.Costs {
			names = append(names, c.Operation)
			if c.Batches < minBatches || c.Median != 1e6 || c.Bytes == 0 || c.BatchSize != 1 {
				t.Errorf("a row is %+v", c)
			}
			if op, limit := strings.CutPrefix(c.Operation, "limit/"); !limit && (c.Limit != "limit/"+op || c.Ratio != 1) {
				t.Errorf("%s has the limit %q and the ratio %v", op, c.Limit, c.Ratio)
			}
		}
		if !slices.Equal(names, tt.want) {
			t.Errorf("rows are %v, want %v", names, tt.want)
		}
		if r.Step.ID != step.ID || r.Elapsed <= 0 || r.Started.IsZero() {
			t.Errorf("the result is %+v", r)
		}
	}
}

func TestRunWithoutItemsMeasuresAll(t *testing.T) {
	t.Parallel()
	r, err := ticking().Run(t.Context(), results.Step{}, site(2*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != results.Pass || len(r.Costs) != 2*len(suite()) {
		t.Errorf("%v with %d rows, want pass with %d: %s", r.Verdict, len(r.Costs), 2*len(suite()), r.Reason)
	}
}

// What is too slow for its share is measured a few times, with a warning; it doesn't
// spoil the step.
func TestSlowOperationGetsFewBatches(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	b := bench{now: c.now, heap: func() heapCount { return heapCount{} }, table: []operation{
		{name: "secret/slow", prepare: func(*material) (work, work, error) {
			return &fake{clock: c, cost: steady(100 * time.Millisecond)}, nil, nil
		}},
		{name: "sign/quick", prepare: func(*material) (work, work, error) {
			return &fake{clock: c, cost: steady(time.Microsecond)}, &fake{clock: c, cost: steady(100)}, nil
		}},
	}}
	r, err := b.Run(t.Context(), results.Step{}, site(1600*time.Millisecond))
	if err != nil || r.Verdict != results.Pass {
		t.Fatalf("%v: %s, %v", r.Verdict, r.Reason, err)
	}
	slow, quick := r.Costs[1], r.Costs[2]
	if slow.Batches != slowBatches || slow.Limit != "" || len(slow.Warnings) != 1 || slow.Warnings[0].Code != "few-batches" {
		t.Errorf("the slow one is %+v", slow)
	}
	if quick.Batches < minBatches || len(quick.Warnings) > 0 || math.Abs(quick.Ratio-10) > 1e-9 {
		t.Errorf("the quick one is %+v", quick)
	}
}

// bytesOnly is work that is counted, and has something to say about its figure.
type bytesOnly struct{ fake }

func (*bytesOnly) Counted() {}

func (*bytesOnly) Warnings() []results.Warning { return []results.Warning{{Code: "header-large"}} }

func TestRunListsWhatItDoesNotTime(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	b := bench{now: c.now, heap: func() heapCount { return heapCount{} }, table: []operation{
		{name: "size/X", prepare: func(*material) (work, work, error) { return &bytesOnly{fake{name: "1234"}}, nil, nil }},
		{name: "store/X", prepare: func(*material) (work, work, error) {
			return nil, nil, fmt.Errorf("start: %w", notRun{reason: "no server is there"})
		}},
		{name: "tail/X", tail: true, prepare: func(*material) (work, work, error) {
			// One batch in four takes five times as long.
			return &fake{clock: c, cost: func(batch int) time.Duration {
				if batch%4 == 0 {
					return 10 * time.Millisecond
				}
				return 2 * time.Millisecond
			}}, nil, nil
		}},
	}}
	r, err := b.Run(t.Context(), results.Step{}, site(16*time.Second))
	if err != nil || r.Verdict != results.Pass || len(r.Costs) != 2 {
		t.Fatalf("%v: %s, %v, %d rows", r.Verdict, r.Reason, err, len(r.Costs))
	}
	if c := r.Costs[0]; !c.Untimed || c.Bytes != 4 || c.Batches != 0 || len(c.Warnings) != 1 || c.Warnings[0].Code != "header-large" {
		t.Errorf("the counted one is %+v", c)
	}
	if c := r.Costs[1]; !c.Tail || c.Median == c.Mean {
		t.Errorf("the one with a tail is %+v", c)
	} else if center, low, high := c.Figure(); center != c.Mean || center < 3e6 || low > 4e6 || high < 4e6 {
		t.Errorf("its figure is %v (%v to %v), want 4e6", center, low, high)
	}
	if want := (results.Skip{ID: "cost/store/X", Kind: results.NotRun, Reason: "no server is there"}); len(r.Skipped) != 1 || r.Skipped[0] != want {
		t.Errorf("skipped is %+v", r.Skipped)
	}
	alone, err := b.Run(t.Context(), results.Step{Items: []string{"cost/store/X"}}, site(time.Second))
	if err != nil || alone.Verdict != results.None || !strings.Contains(alone.Reason, "no server is there") {
		t.Errorf("alone: %v: %s, %v", alone.Verdict, alone.Reason, err)
	}
}

func TestRunRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		items  []string
		budget time.Duration
		want   string
	}{
		{"unknown", []string{"cost/sign/ES256/0.6k", "cost/sign/none"}, enough, `"cost/sign/none"`},
		{"a limit", []string{"cost/limit/sign/ES256/0.6k"}, enough, `"cost/limit/sign/ES256/0.6k"`},
		{"no time", []string{"cost/hash/SHA-256/jwt-0.6k"}, 0, "budget"},
	}
	for _, tt := range tests {
		r, err := ticking().Run(t.Context(), results.Step{Items: tt.items}, site(tt.budget))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: the error is %v, want one of %s", tt.name, err, tt.want)
		}
		if r.Verdict != results.Error || r.Reason == "" {
			t.Errorf("%s: the verdict is %v: %s", tt.name, r.Verdict, r.Reason)
		}
	}
}

func TestInterruptedRunKeepsItsRows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rounds int
		want   results.Verdict
	}{
		{4, results.Inconclusive},
		{warmupBatches + minBatches, results.Pass},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		s := site(2 * enough)
		rounds := 0
		s.Progress = func(_ float64, note string) {
			if !strings.HasPrefix(note, "round") {
				return
			}
			if rounds++; rounds > tt.rounds {
				cancel()
			}
		}
		r, err := ticking().Run(ctx, results.Step{Items: []string{"cost/hash/SHA-256/opaque-43"}}, s)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		if r.Verdict != tt.want {
			t.Errorf("after %d rounds the verdict is %v: %s", tt.rounds, r.Verdict, r.Reason)
		}
		for _, c := range r.Costs {
			if c.Batches != tt.rounds-warmupBatches {
				t.Errorf("%s has %d batches, want %d", c.Operation, c.Batches, tt.rounds-warmupBatches)
			}
		}
	}
}

func TestRunEndedBeforeItBegan(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := ticking().Run(ctx, results.Step{Items: []string{"cost/sign/RS256/0.6k"}}, site(enough))
	if !errors.Is(err, context.Canceled) || r.Verdict != results.Inconclusive || len(r.Costs) > 0 {
		t.Errorf("%v, %v, %d rows", err, r.Verdict, len(r.Costs))
	}
}

func TestWrongAnswerIsAnErrorOfTheHarness(t *testing.T) {
	t.Parallel()
	c := newClock(0)
	wrong := func(int) error { return errors.New("the signature doesn't verify") }
	b := bench{now: c.now, heap: func() heapCount { return heapCount{} }, table: []operation{{name: "sign/X", prepare: func(*material) (work, work, error) {
		return &fake{clock: c, cost: steady(1), checkErr: wrong}, &fake{clock: c, cost: steady(1)}, nil
	}}}}
	r, err := b.Run(t.Context(), results.Step{Items: []string{"cost/sign/X"}}, site(enough))
	if err == nil || r.Verdict != results.Error || !strings.Contains(r.Reason, "sign/X") {
		t.Errorf("%v, %v: %s", err, r.Verdict, r.Reason)
	}
}
