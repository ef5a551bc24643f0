//go:build !race

// One goroutine renders, and the race detector makes it ten times slower.

package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// The work grows with the record, and not with its square; what there is no time to draw
// is told.
func TestLargeRecords(t *testing.T) {
	t.Parallel()
	const n = 1500
	for _, tt := range []struct {
		name string
		n    int
		of   func(i int) results.StepResult
		want string
	}{
		{"targets", 300, func(i int) results.StepResult {
			return loaded(fmt.Sprint("t", i), "local", "ES256", "self-contained", 400, 1)
		}, "pictures are drawn of the first 24 of 300 loads"},
		{"repetitions", n, func(i int) results.StepResult { return loaded("t", "local", "ES256", "self-contained", 400, i+1) }, "local/ES256"},
		{"cells", n, func(i int) results.StepResult {
			return loaded("t", "introspect", fmt.Sprint("form", i), []string{"opaque", "self-contained"}[i%2], 400, 1)
		}, "introspect/form1499"},
		{"local cells", n, func(i int) results.StepResult {
			s := loaded("t", "local", fmt.Sprint("form", i), []string{"opaque", "self-contained"}[i%2], 400, 1)
			s.Series.Counters[0].Count = 0
			return s
		}, "local/form1499"},
		{"loads", n, func(i int) results.StepResult {
			return loaded("t", "local", "ES256", "self-contained", float64(i+1), 1)
		}, "t at 1,500/s"},
		{"scenarios and warnings", n, func(i int) results.StepResult {
			s := loaded("t", "local", "ES256", "self-contained", 400, i)
			s.Step.Scenario, s.Warnings = fmt.Sprintf("load%d/x", i), []results.Warning{{Code: "c", Text: fmt.Sprint("warning ", i)}}
			return s
		}, "warning 1499"},
		{"names", n, func(i int) results.StepResult {
			s := loaded("t", "local", "ES256", "self-contained", 400, i)
			s.Step.Axes = append(s.Step.Axes, results.Axis{Name: fmt.Sprint("axis", i%50), Value: "v"})
			s.Series.Counters[0].Name, s.Series.Usage[0].Component = fmt.Sprint("counter", i%50), fmt.Sprint("component", i%50)
			return s
		}, "local/ES256#1499"},
		{"checks", 1, func(int) results.StepResult {
			s := results.StepResult{Step: results.Step{ID: "conform@t", Scenario: "conform", Kind: results.KindConformance, Target: "t"}, Verdict: results.Pass}
			for i := range 20 * n {
				s.Step.Items = append(s.Step.Items, fmt.Sprint("rfc/", i))
				s.Findings = append(s.Findings, results.Finding{Check: fmt.Sprint("rfc/", i), Target: "t", Verdict: results.Pass})
			}
			return s
		}, "rfc/29999"},
		{"costs", 1, func(int) results.StepResult {
			s := results.StepResult{Step: results.Step{ID: "cost", Scenario: "cost", Kind: results.KindCost}, Verdict: results.Pass}
			for i := range 9 * n {
				name, c := fmt.Sprintf("family%d/A%d/x", i, i), results.Cost{Bytes: 5, Median: 1e3, Level: 0.9 + float64(i)/1e6, Warnings: []results.Warning{{Code: fmt.Sprint(i), Text: "w"}}}
				switch i % 3 {
				case 1:
					name, c.Untimed, c.Median, c.Level = fmt.Sprintf("size/token/F%d/claims-%d", i, i%700), true, 0, 0
				case 2:
					name, c.Untimed, c.Median, c.Level, c.Warnings[0] = fmt.Sprint("other/", i), true, 0, 0, results.Warning{Code: "another-program", Text: fmt.Sprint("how ", i, ": 5 ns")}
				}
				c.Operation = name
				s.Step.Items = append(s.Step.Items, "cost/"+name)
				s.Costs = append(s.Costs, c)
			}
			return s
		}, "family13497/A13497/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder, err := results.Create(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if err := folder.Save(large(tt.n, tt.of)); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			began := time.Now()
			if code := run(t.Context(), []string{"report", folder.Dir()}, stdio{nil, &out, &out}); code != exitPass || !strings.Contains(out.String(), tt.want) {
				t.Errorf("exit code %d, no %q in %.2000s", code, tt.want, out.String())
			}
			text := time.Since(began)
			out.Reset()
			if code := run(t.Context(), []string{"report", folder.Dir(), "--format", strings.Join(formatNames(), ","), "--out", t.TempDir()}, stdio{nil, &out, &out}); code != exitPass {
				t.Errorf("exit code %d: %s", code, out.String())
			}
			t.Logf("text %v, all %v", text, time.Since(began)-text)
			if took := time.Since(began); took > time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
}
