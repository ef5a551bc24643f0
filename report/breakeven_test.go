package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

func TestBreakEven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                 string
		introspect, hit, sig float64
		want                 int64
	}{
		{"one is cheaper at once", 50, 1, 100, 1},
		{"equal cost doesn't beat", 99, 1, 100, 2},
		{"a part of a request is a whole one", 100, 1, 100, 2},
		{"many", 150e3, 400, 5.4e3, 31},
		{"a look costs what the signature does", 100, 5, 5, 0},
		{"a look costs more", 100, 6, 5, 0},
		{"more than any token serves", 1e6, 5, 5 + 1e-9, 0},
		{"beyond what an integer holds", math.MaxFloat64, 1, 2, 0},
	} {
		got := breakEven(c.introspect, c.hit, c.sig)
		if got != c.want {
			t.Errorf("%s: %d requests, want %d", c.name, got, c.want)
		}
		// The definition: so many cost less with the cache, and one fewer don't.
		with := func(n int64) bool { return c.introspect+float64(n)*c.hit < float64(n)*c.sig }
		if got > 0 && (!with(got) || with(got-1)) {
			t.Errorf("%s: %d isn't the least that costs less", c.name, got)
		}
	}
}

func TestRangeOfBreakEven(t *testing.T) {
	t.Parallel()
	ask, hit := span{100, 80, 120}, span{1, 0.5, 2}
	for _, c := range []struct {
		name   string
		verify span
		want   served
		text   string
	}{
		{"a range", span{51, 40.5, 60.5}, served{3, 2, 4, true}, "2 - 4"},
		{"one figure", span{61, 60, 62}, served{2, 2, 3, true}, "2 - 3"},
		{"sure", span{1000, 900, 1100}, served{1, 1, 1, true}, "1"},
		{"perhaps never", span{3, 1.5, 4.5}, served{51, 21, 0, true}, "21 - never"},
		{"perhaps", span{0.9, 0.7, 1.5}, served{0, 81, 0, true}, "81 - never"},
		{"never", span{0.4, 0.3, 0.5}, served{0, 0, 0, true}, "never"},
		{"no interval", span{center: 51}, served{requests: 3}, "-"},
	} {
		got := breakEvenOf(ask, hit, c.verify)
		if got != c.want || got.between(" - ") != c.text {
			t.Errorf("%s: %+v, %s; want %+v, %s", c.name, got, got.between(" - "), c.want, c.text)
		}
	}
}

func timed(operation string, ns, low, high float64) results.Cost {
	return results.Cost{Operation: operation, Median: ns, Low: low, High: high, Level: 0.95}
}

func TestBreakEvenAnswer(t *testing.T) {
	t.Parallel()
	verify := timed("verify/ES256/0.6k", 86.5e3, 50.6e3, 148e3)
	hit := timed("cache-hit/opaque-43", 374, 211, 663)
	ask := timed("introspect/opaque-43", 154e3, 101e3, 233e3)
	fast := timed("verify/HS256/0.6k", 300, 290, 310)
	bare := timed("verify/EdDSA/0.6k", 70e3, 0, 0)
	bare.Level = 0
	for _, c := range []struct {
		name  string
		costs []results.Cost
		want  []string
	}{
		{"with its range", []results.Cost{verify, hit, ask}, []string{"serves 2 requests with ES256 (1 to 5)."}},
		{"never", []results.Cost{fast, hit, ask}, []string{"serves never with HS256 (1,021 to never)"}},
		{"no interval, no range", []results.Cost{bare, hit, ask}, []string{"serves 3 requests with EdDSA."}},
		{"several", []results.Cost{verify, fast, bare, hit, ask}, []string{"serves 2 requests with ES256 (1 to 5), never with HS256 (1,021 to never), 3 with EdDSA."}},
		{"no look into the cache", []results.Cost{verify, ask}, []string{"isn't known", "cost/cache-hit/opaque-43"}},
		{"no introspection", []results.Cost{verify, hit}, []string{"isn't known", "cost/introspect"}},
		{"nobody asked", []results.Cost{verify}, nil},
		{"no signature", []results.Cost{hit, ask}, nil},
	} {
		got := strings.Join(breakEvenAnswer(c.costs, nil), "\n")
		if len(c.want) == 0 && got != "" {
			t.Errorf("%s: %q, want nothing", c.name, got)
		}
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %q", c.name, want, got)
			}
		}
	}
}

// What an introspection costs under load: the CPU that the cache saves, by the calls
// that it saves.
func TestIntrospectionUnderLoad(t *testing.T) {
	t.Parallel()
	load := func(strategy string, rep int, seconds float64, calls int64) results.StepResult {
		s := step(strategy, opaque, "opaque", rep, results.Pass, time.Millisecond, time.Millisecond)
		s.Series.Usage = []results.Usage{{Component: "issuer", CPUSeconds: seconds}, {Component: "verifier"}}
		s.Series.Counters = introspections(calls)
		return s
	}
	costs := []results.Cost{timed("verify/ES256", 50e3, 50e3, 50e3), timed("cache-hit/opaque-43", 1e3, 1e3, 1e3), timed("introspect/opaque-43", 9e6, 9e6, 9e6)}
	for _, c := range []struct {
		name  string
		steps []results.StepResult
		want  []string // the cells of the row, and the start of the note
	}{
		// 1 s for 5,000 calls against 0.1 s for 500: 200 us a call.
		{"measured once", []results.StepResult{load("introspect", 1, 1, 5000), load("introspect-cached", 1, 0.1, 500)}, []string{"5", "-", "An introspection takes 200 us (of the CPU"}},
		{"repeated", []results.StepResult{
			load("introspect", 1, 1, 5000), load("introspect", 2, 1.3, 5000), load("introspect-cached", 1, 0.1, 500), load("introspect-cached", 2, 0.1, 500),
		}, []string{"5", "5 - 6", "An introspection takes 233 us (of the CPU"}},
		{"repetitions overlap: that on loopback", []results.StepResult{
			load("introspect", 1, 1, 5000), load("introspect", 2, 0.3, 5000), load("introspect-cached", 1, 0.1, 500), load("introspect-cached", 2, 0.4, 500),
		}, []string{"184", "184", "An introspection takes 9.00 ms (over HTTP on loopback"}},
	} {
		doc, err := NewDocument(results.Run{Steps: append(c.steps, results.StepResult{Verdict: results.Pass, Costs: costs})})
		if err != nil {
			t.Fatal(err)
		}
		tables := costSection(doc.Run, doc.Cells).Tables
		last := tables[len(tables)-1]
		if got := last.Rows[0].Cells; got[2] != c.want[0] || got[3] != c.want[1] || !strings.HasPrefix(last.Notes[0], c.want[2]) {
			t.Errorf("%s: %q and %q, want %q", c.name, got, last.Notes[0], c.want)
		}
	}
}
