package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// step is a load step of 5,000 requests that all took d, but for one in fifty that
// took longer: the p99 is tail.
func step(strategy, kind, form string, rep int, verdict results.Verdict, d, tail time.Duration) results.StepResult {
	h := results.NewHistogram()
	for i := range 5000 {
		if i%50 == 0 {
			results.Record(h, tail)
		} else {
			results.Record(h, d)
		}
	}
	asked := int64(5000)
	if strategy == "local" {
		asked = 0
	}
	return results.StepResult{
		Step: results.Step{ID: strategy + form, Scenario: "load/" + strategy, Kind: results.KindLoad, Target: "t", Repetition: rep,
			Axes: []results.Axis{{Name: "strategy", Value: strategy}, {Name: "form", Value: form, Class: kind}}, Load: &results.Offered{Rate: 100}},
		Verdict: verdict, Reason: "late",
		Series: &results.Series{Sent: 5000, Verdicts: results.SampleVerdicts{RightAllow: 5000}, Response: results.EncodeHistogram(h), Counters: introspections(asked)},
	}
}

func introspections(n int64) []results.Counter {
	return []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true, Count: n}}
}

// few keeps the shape of a step and takes most of its samples.
func few(s results.StepResult, n int64) results.StepResult {
	h := results.NewHistogram()
	for i := range n {
		results.Record(h, time.Duration(s.Series.Response.P50))
		if i == 0 {
			results.Record(h, time.Duration(s.Series.Response.P99))
		}
	}
	series := *s.Series
	series.Response, s.Series = results.EncodeHistogram(h), &series
	return s
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	const us, ms = time.Microsecond, time.Millisecond
	closed := step("local", selfContained, "ES256", 1, results.Pass, ms, ms)
	closed.Step.Load, closed.Series.Throughput = &results.Offered{Arrivals: results.Closed, Workers: 8}, 31999.6
	asks := step("introspect", opaque, "opaque", 1, results.Pass, ms, 4*ms)
	asks.Series.Usage = []results.Usage{{Component: "generator", CPUSeconds: 9}, {Component: "issuer", CPUSeconds: 1}, {Component: "verifier", CPUSeconds: 0.5}}
	verifies := step("local", selfContained, "ES256", 1, results.Pass, 500*us, 2*ms)
	verifies.Series.Usage = []results.Usage{{Component: "issuer"}, {Component: "verifier", CPUSeconds: 0.75}}

	thrice := func(of func(rep int) results.StepResult) (out []results.StepResult) {
		for rep := 1; rep <= 3; rep++ {
			s := of(rep)
			s.Step.Repetition, s.Step.ID = rep, fmt.Sprintf("%s#%d", s.Step.ID, rep)
			out = append(out, s)
		}
		return out
	}
	same := func(s results.StepResult) []results.StepResult {
		return thrice(func(int) results.StepResult { return s })
	}
	cell := func(strategy, kind, form string, d, tail time.Duration) []results.StepResult {
		return same(step(strategy, kind, form, 1, results.Pass, d, tail))
	}
	floor := step("floor", "", "", 1, results.Pass, 10*us, 20*us)
	floor.Step.Floor = true
	spoiled := step("introspect", opaque, "opaque", 2, results.Inconclusive, ms, 77*ms)
	spoiled.Disturbed = true
	for _, c := range []struct {
		name  string
		steps []results.StepResult
		want  []string
		not   []string
	}{
		{"nothing", nil, nil, []string{"answer", "token"}},
		{"self-contained is faster", slices.Concat(same(asks), same(verifies), same(floor)), []string{
			"On t at 100/s, self-contained tokens are 2.00 times (2.00 to 2.00) faster than opaque ones at p99: 2.00 ms with local/ES256, 4.00 ms with introspect/opaque.",
			"On t at 100/s, a request costs the servers least with local/ES256, 150 us of CPU; most with introspect/opaque, 300 us, 2.00 times (2.00 to 2.00).",
		}, []string{"Not compared", "floor"}},
		{"measured once, nothing is faster", []results.StepResult{asks, verifies}, []string{
			"no significant difference was seen between local/ES256 and introspect/opaque (measured once).",
			"most with introspect/opaque, 300 us (measured once)"}, []string{"faster"}},
		{"opaque is faster", slices.Concat(cell("introspect-cached", opaque, "opaque", ms, 2*ms), cell("local", selfContained, "RS256", ms, 3*ms)),
			[]string{"opaque tokens are 1.50 times (1.50 to 1.50) faster than self-contained ones at p99: 2.00 ms with introspect-cached/opaque, 3.00 ms with local/RS256."}, nil},
		{"two repetitions of 4.33 and 36.2 ms", []results.StepResult{
			step("introspect", opaque, "opaque", 1, results.Pass, ms, 36200*us), step("introspect", opaque, "opaque", 2, results.Pass, ms, 36200*us),
			step("local", selfContained, "ES256", 1, results.Pass, ms, 4330*us), step("local", selfContained, "ES256", 2, results.Pass, ms, 36200*us),
		}, []string{"no significant difference", "introspect/opaque (within chance)"}, []string{"times", "faster"}},
		{"the ratio is sure and the intervals overlap", slices.Concat(
			thrice(func(rep int) results.StepResult {
				return step("introspect", opaque, "opaque", 1, results.Pass, time.Duration(11*rep)*ms, time.Duration(11*rep)*ms)
			}),
			thrice(func(rep int) results.StepResult {
				return step("local", selfContained, "ES256", 1, results.Pass, time.Duration(10*rep)*ms, time.Duration(10*rep)*ms)
			}),
		), []string{"no significant difference", "introspect/opaque (the intervals overlap)"}, []string{"faster"}},
		{"p99 overlaps and the median doesn't", slices.Concat(
			thrice(func(rep int) results.StepResult {
				return step("introspect", opaque, "opaque", 1, results.Pass, ms, time.Duration(2*rep)*ms)
			}),
			cell("local", selfContained, "ES256", 500*us, 3*ms),
		), []string{"self-contained tokens are 2.00 times (2.00 to 2.00) faster than opaque ones at the median: 500 us with local/ES256"}, []string{"p99"}},
		{"few samples", slices.Concat(same(few(asks, 30)), same(few(verifies, 30))), []string{"faster than opaque ones at the median"}, []string{"p99"}},
		{"an introspected JWT is no answer to the question", slices.Concat(same(asks), cell("introspect", selfContained, "ES256", us, us)),
			[]string{"introspect/ES256 answers at p99"}, []string{"tokens are"}},
		{"every way with opaque tokens is compared", slices.Concat(same(asks), same(verifies), cell("introspect-cached", opaque, "opaque", 100*us, ms)), []string{
			"self-contained tokens are 2.00 times", "opaque tokens are 2.00 times (2.00 to 2.00) faster than self-contained ones at p99: 1.00 ms with introspect-cached/opaque"}, nil},
		{"an inconclusive cell is named and not quoted", append(same(verifies), step("introspect", opaque, "opaque", 1, results.Inconclusive, ms, 77*ms)),
			[]string{"Not compared: introspect/opaque on t at 100/s, inconclusive (late)."}, []string{"77.0 ms", "faster", "in 77"}},
		{"a disturbed repetition is left out", slices.Concat(same(asks), same(verifies), []results.StepResult{spoiled}), []string{"are 2.00 times"}, []string{"Not compared", "77"}},
		{"what was disturbed for good is said once", append(same(verifies), spoiled), []string{"Not compared: introspect/opaque on t at 100/s, disturbed by the machine or the generator."}, []string{"77"}},
		{"one bad repetition spoils the cell", append(slices.Concat(same(asks), same(verifies)), step("introspect", opaque, "opaque", 4, results.Fail, ms, us)),
			[]string{"Not compared: introspect/opaque on t at 100/s, fail (late)."}, []string{"faster"}},
		{"one that asks about tokens in another way is no local judgement", append(same(asks), thrice(func(int) results.StepResult {
			s := step("local-online-status", selfContained, "ES256", 1, results.Pass, us, us)
			s.Series.Counters = []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true}, {Name: "status_questions", Of: "issuer", PerToken: true, Count: 5000}}
			return s
		})...), []string{"local-online-status/ES256 answers at p99"}, []string{"tokens are"}},
		{"a closed loop is no capacity", []results.StepResult{closed}, []string{"In a closed loop (t, 8 workers without pause), where each worker waits for its answer, local/ES256 answers 32,000 requests/s."}, []string{"p99", "apacity"}},
		{"unlike rates don't compare", append(same(asks), thrice(func(int) results.StepResult {
			s := step("local", selfContained, "ES256", 1, results.Pass, ms, 2*ms)
			s.Step.Load = &results.Offered{Rate: 200}
			return s
		})...), nil, []string{"faster", "2.00"}},
	} {
		doc, err := NewDocument(results.Run{Steps: c.steps})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := strings.Join(doc.Answer, "\n")
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, got)
			}
		}
		for _, not := range c.not {
			if strings.Contains(got, not) {
				t.Errorf("%s: %q in\n%s", c.name, not, got)
			}
		}
	}
}

func TestCostAnswerQuotesSoundStepsOnly(t *testing.T) {
	t.Parallel()
	s := results.StepResult{Verdict: results.Pass, Costs: []results.Cost{{Operation: "hash/SHA-256/opaque-43", Median: 150}, {Operation: "verify/ES256", Median: 72e3}}}
	if got := costAnswer(results.Run{Steps: []results.StepResult{s}}, nil); len(got) != 1 ||
		got[0] != "In one process, verifying a self-contained token takes 72.0 us with verify/ES256; hashing an opaque one for its lookup takes 150 ns with hash/SHA-256/opaque-43." {
		t.Errorf("got %q", got)
	}
	s.Verdict, s.Reason, s.Step.ID = results.Inconclusive, "too few batches", "cost"
	if got := costAnswer(results.Run{Steps: []results.StepResult{s}}, nil); len(got) != 1 ||
		got[0] != "Not compared: the costs of step cost, which is inconclusive (too few batches)." {
		t.Errorf("got %q of an inconclusive step, want that it is one, and no figure", got)
	}
}
