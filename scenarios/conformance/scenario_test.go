package conformance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// check is one that answers what it is told to.
func check(id string, level results.Level, o Outcome) Check {
	return Check{
		ID: id, Title: "a test", Needs: []targets.Capability{targets.ClientCredentials},
		Requirement: results.Requirement{ID: strings.ToUpper(id), Level: level},
		Run:         func(context.Context, *Probe) Outcome { return o },
	}
}

func site(expectations ...results.Expectation) scenarios.Site {
	return scenarios.Site{
		Instance: &targets.Instance{Target: targets.Target{Name: "t",
			Capabilities: []targets.Capability{targets.ClientCredentials}, Expectations: expectations}},
		Progress: func(float64, string) {},
	}
}

func codes(ws []results.Warning) []string {
	var out []string
	for _, w := range ws {
		out = append(out, w.Code)
	}
	return out
}

func TestStepVerdict(t *testing.T) {
	t.Parallel()
	pass, fail := Passed("fine"), Failed("wrong", "right")
	undecided := Undecided(errors.New("nobody there"))
	panics := check("panics", results.Must, pass)
	panics.Run = func(context.Context, *Probe) Outcome { panic("oh no") }
	lacking := check("lacking", results.Must, fail)
	lacking.Needs = append(lacking.Needs, targets.Introspection)
	expect := func(id string, v results.Verdict) results.Expectation {
		return results.Expectation{Check: id, Verdict: v, Comment: "known"}
	}
	for _, c := range []struct {
		name     string
		checks   []Check
		expected []results.Expectation
		items    []string
		verdict  results.Verdict
		warnings []string
		reason   string // part of it
	}{
		{name: "all pass", checks: []Check{check("a", results.Must, pass), check("b", results.Should, pass)}, verdict: results.Pass},
		{name: "a MUST fails", checks: []Check{check("a", results.Must, fail), check("b", results.Must, pass)}, verdict: results.Fail, reason: "fail: a"},
		{name: "a PROFILE fails", checks: []Check{check("a", results.Profile, fail)}, verdict: results.Fail, reason: "a"},
		{name: "a SHOULD fails", checks: []Check{check("a", results.Should, fail)}, verdict: results.Pass, warnings: []string{"should-not-met"}},
		{name: "a MAY fails", checks: []Check{check("a", results.May, fail)}, verdict: results.Pass, warnings: []string{"should-not-met"}},
		{name: "inconclusive", checks: []Check{check("a", results.Must, undecided), check("b", results.Must, pass)}, verdict: results.Inconclusive, reason: "a"},
		{name: "an inconclusive SHOULD is no pass", checks: []Check{check("a", results.Should, undecided)}, verdict: results.Inconclusive, reason: "a"},
		{name: "fail beats inconclusive", checks: []Check{check("a", results.Must, undecided), check("b", results.Must, fail)}, verdict: results.Fail, reason: "b"},
		{name: "panic", checks: []Check{panics, check("b", results.Must, fail)}, verdict: results.Error, reason: "panics"},
		{name: "nothing applies", checks: []Check{lacking}, verdict: results.None, reason: "no check applies"},
		{name: "what doesn't apply doesn't fail", checks: []Check{lacking, check("a", results.Must, pass)}, verdict: results.Pass},
		{name: "accepted", checks: []Check{check("a", results.Must, fail)}, expected: []results.Expectation{expect("a", results.Fail)}, verdict: results.Pass},
		{name: "accepted SHOULD", checks: []Check{check("a", results.Should, fail)}, expected: []results.Expectation{expect("a", results.Fail)}, verdict: results.Pass},
		{name: "accepted as inconclusive", checks: []Check{check("a", results.Must, undecided)}, expected: []results.Expectation{expect("a", results.Inconclusive)}, verdict: results.Pass},
		{name: "another verdict than accepted", checks: []Check{check("a", results.Must, fail)}, expected: []results.Expectation{expect("a", results.Inconclusive)}, verdict: results.Fail, warnings: []string{"expectation-gone"}},
		{name: "expectation gone", checks: []Check{check("a", results.Must, pass)}, expected: []results.Expectation{expect("a", results.Fail)}, verdict: results.Pass, warnings: []string{"expectation-gone"}},
		{name: "expectation not judged", checks: []Check{check("a", results.Must, undecided)}, expected: []results.Expectation{expect("a", results.Fail)}, verdict: results.Inconclusive},
		{name: "expectation not selected", checks: []Check{check("a", results.Must, pass), check("b", results.Must, pass)}, expected: []results.Expectation{expect("a", results.Fail)}, items: []string{"b"}, verdict: results.Pass},
		{name: "expectation of no check", checks: []Check{check("a", results.Must, pass)}, expected: []results.Expectation{expect("z", results.Fail)}, verdict: results.Pass, warnings: []string{"expectation-unknown"}},
		{name: "no expectation excuses an error", checks: []Check{panics}, expected: []results.Expectation{expect("panics", results.Error)}, verdict: results.Error},
		{name: "no expectation of a pass", checks: []Check{check("a", results.Must, pass)}, expected: []results.Expectation{expect("a", results.Pass)}, verdict: results.Pass, warnings: []string{"expectation-gone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Scenario(c.checks).Run(t.Context(), results.Step{ID: "conform@t", Items: c.items}, site(c.expected...))
			if err != nil {
				t.Fatal(err)
			}
			if got.Verdict != c.verdict || !slices.Equal(codes(got.Warnings), c.warnings) || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("%s %q, warnings %q; want %s, %q, %q", got.Verdict, got.Reason, codes(got.Warnings), c.verdict, c.reason, c.warnings)
			}
			if got.Verdict != results.Pass && got.Reason == "" {
				t.Error("no reason")
			}
			if got.Step.ID != "conform@t" || got.Started.IsZero() {
				t.Error("the step or its start is missing")
			}
			want := len(c.checks)
			if c.items != nil {
				want = len(c.items)
			}
			if len(got.Findings) != want {
				t.Errorf("%d findings, want %d", len(got.Findings), want)
			}
		})
	}
}

// A finding that fails keeps its verdict, whatever the step makes of it.
func TestFailureStaysVisible(t *testing.T) {
	t.Parallel()
	got, err := Scenario([]Check{check("a", results.Should, Failed("wrong", "right")), check("b", results.Must, Failed("wrong"))}).
		Run(t.Context(), results.Step{}, site(results.Expectation{Check: "b", Verdict: results.Fail, Comment: "known"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Findings {
		if f.Verdict != results.Fail {
			t.Errorf("%s: %s", f.Check, f.Verdict)
		}
		if (f.Accepted != nil) != (f.Check == "b") {
			t.Errorf("%s: accepted %v", f.Check, f.Accepted)
		}
	}
}

func TestBadSteps(t *testing.T) {
	t.Parallel()
	s := Scenario([]Check{check("a", results.Must, Passed(""))})
	if got, err := s.Run(t.Context(), results.Step{Items: []string{"nope"}}, site()); err == nil || got.Verdict != results.Error || !strings.Contains(err.Error(), `"nope"`) {
		t.Errorf("unknown check: %v, %v", got.Verdict, err)
	}
	if got, err := s.Run(t.Context(), results.Step{}, scenarios.Site{}); err == nil || got.Verdict != results.Error {
		t.Errorf("no instance: %v, %v", got.Verdict, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := s.Run(ended, results.Step{}, site()); !errors.Is(err, context.Canceled) || len(got.Findings) != 1 {
		t.Errorf("interrupted: %d findings, %v", len(got.Findings), err)
	}
}

// A check that waits gives its place away, so that a set of waiting checks is as slow as
// the slowest.
func TestWaitingChecksOverlap(t *testing.T) {
	t.Parallel()
	const n = 3 * bound
	var waiting atomic.Int32
	all := make(chan struct{})
	waits := Check{ID: "waits", Needs: []targets.Capability{targets.ClientCredentials}, Run: func(ctx context.Context, p *Probe) Outcome {
		if err := p.Wait(ctx, time.Second); err != nil {
			return Undecided(err)
		}
		return Passed("")
	}}
	s := NewSession(site().Instance, clockFunc(func(ctx context.Context) error {
		if waiting.Add(1) == n {
			close(all)
		}
		select {
		case <-all:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}), 1)
	for _, f := range Judge(t.Context(), slices.Repeat([]Check{waits}, n), s, func(int, string) {}) {
		if f.Verdict != results.Pass {
			t.Errorf("%s: %s", f.Verdict, f.Reason)
		}
	}
}

// clockFunc is a clock whose sleep is the function.
type clockFunc func(context.Context) error

func (clockFunc) Now() time.Time                                     { return time.Unix(1, 0) }
func (f clockFunc) Sleep(ctx context.Context, _ time.Duration) error { return f(ctx) }

func TestRealClockSleepEndsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (realClock{}).Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := (realClock{}).Sleep(t.Context(), time.Nanosecond); err != nil {
		t.Error(err)
	}
}

func TestWorst(t *testing.T) {
	t.Parallel()
	outcomes := map[string]Outcome{
		"a": Passed("fine"), "b": Failed("bad", "good"), "c": Failed("bad", "good"), "d": Failed("worse", "better"),
		"e": Undecided(errors.New("gone")), "f": NotApplicable("nothing there"),
	}
	of := func(form string) Outcome { return outcomes[form] }
	for _, c := range []struct {
		forms string
		want  Outcome
	}{
		{"a", Outcome{Verdict: results.Pass, Observed: "a: fine"}},
		{"a b c d e", Outcome{Verdict: results.Fail, Observed: "b, c: bad; d: worse", Expected: []string{"good", "better"}}},
		{"a e f", Outcome{Verdict: results.Inconclusive, Reason: "e: gone"}},
		{"a f", Outcome{Verdict: results.Pass, Observed: "a: fine"}},
		{"f", Outcome{Verdict: results.None, Reason: "f: nothing there"}},
		{"", Outcome{Verdict: results.None, Reason: "no form"}},
	} {
		got := Worst(strings.Fields(c.forms), "no form", of)
		if got.Verdict != c.want.Verdict || got.Observed != c.want.Observed || got.Reason != c.want.Reason || !slices.Equal(got.Expected, c.want.Expected) {
			t.Errorf("%q: %+v, want %+v", c.forms, got, c.want)
		}
	}
}
