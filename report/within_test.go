package report_test

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

func asking(t *testing.T, run results.Run, within string) report.Document {
	t.Helper()
	if within != "" {
		var err error
		if run.Plan.Within, err = choose.Parse(strings.Split(within, ",")); err != nil {
			t.Fatal(err)
		}
	}
	return golden.Document(t, run)
}

// What meets the bounds is named, the cheapest first; of the rest it is said what they miss
// and by how much, of what it isn't sure, and what isn't known.
func TestWithinIsAnswered(t *testing.T) {
	t.Parallel()
	const on = "On reference at 400/s (poisson), within "
	for _, c := range []struct {
		within string
		change func(name string, s *results.StepResult)
		want   []string
	}{
		{"p99=1.5ms,staleness=60s,issuer-calls=50", nil, []string{
			on + "p99=1.5ms, staleness=60s, issuer-calls=50: introspect-cached/opaque (213 us, p99 963 us, staleness 30.0 s declared, issuer calls 14.0) takes the least server CPU, " +
				"then come introspect-push/opaque (215 us), phantom/phantom-RS256 (230 us),",
			"local-cached/RS256, local/RS256 and local/ES256: miss staleness by 3,540 s (3,600 s declared).",
			"shared-cache/opaque: p99 within chance (1.48 ms, from 1.42 ms to 1.56 ms).",
			"introspect/opaque: misses p99 by 153 us (1.65 ms) and issuer calls by 950 (1,000).",
			"hybrid/RS256: misses issuer calls by 50.0 (100); p99 within chance (1.47 ms, from 1.40 ms to 1.56 ms), staleness unknown (it wasn't measured).",
		}},
		{"staleness=100ms,issuer-calls=0", nil, []string{
			on + "staleness=100ms, issuer-calls=0: shared-db/opaque (291 us, staleness 0 s, issuer calls 0) alone.",
			"introspect-push/opaque: misses issuer calls by 13.0 (13.0).",
			"local-denylist/RS256: misses staleness by 4.90 s (5.00 s declared).",
		}},
		{"p99=1us", nil, []string{on + "p99=1us: none of the strategies that were measured.", "misses p99 by 820 us (821 us)"}},
		{"cpu=191us", nil, []string{on + "cpu=191us: local-cached/RS256 (191 us) alone.", "introspect-cached/opaque: misses cpu by 22.0 us (213 us)."}},
		{"cpu=190us,p99=820us", func(name string, s *results.StepResult) {
			if name != "local-cached/RS256" {
				s.Verdict, s.Reason = results.Inconclusive, "a neighbour"
			}
		}, []string{on + "cpu=190us, p99=820us: no strategy is known to be.",
			"local-cached/RS256: misses cpu by 1.00 us (191 us); p99 within chance",
			"and split/split-RS256: cpu and p99 unknown (the load was inconclusive).", "inconclusive (a neighbour)."}},
		{"p99=1us", func(name string, s *results.StepResult) {
			if name == "local/RS256" && s.Step.Repetition == 1 {
				s.Verdict, s.Reason = results.Fail, "let a bad token in"
			}
		}, []string{"local/RS256: fail (let a bad token in); p99 unknown (the load failed)."}},
		{"p99=5ms", func(_ string, s *results.StepResult) { s.Series.Usage = nil }, []string{"and which costs the servers least isn't known."}},
	} {
		run := golden.Strategies(400)
		if c.change != nil {
			for i := range run.Steps {
				if strings.HasPrefix(run.Steps[i].Step.Scenario, "load/") {
					c.change(run.Steps[i].Step.Label(), &run.Steps[i])
				}
			}
		}
		got := strings.Join(asking(t, run, c.within).Answer, "\n")
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("--within %s: no %q in\n%s", c.within, want, got)
			}
		}
	}
	doc := asking(t, results.Run{}, "p99=1ms")
	if got := strings.Join(doc.Answer, "\n"); got != "Nothing in this run can tell what stays within p99=1ms: no strategy was put under a planned load." {
		t.Errorf("an empty run: %q", got)
	}
	if got := strings.Join(asking(t, golden.Strategies(400), "").Answer, "\n"); strings.Contains(got, "within p") {
		t.Errorf("nobody asked, and it says\n%s", got)
	}
}

// Staleness that no step saw to its end, and one that is beyond its bound, are said as such.
func TestStalenessIsSaidAsItIs(t *testing.T) {
	t.Parallel()
	run := golden.Strategies(400)
	for i := range run.Steps {
		s := &run.Steps[i]
		if !strings.HasPrefix(s.Step.Scenario, "revocation/") {
			continue
		}
		switch s.Step.Label() {
		case "local/RS256":
			s.Figures = []results.Figure{{Name: "staleness, longer than the step: at least", Unit: "s", Value: 2.4}, {Name: "declared bound", Unit: "s", Value: 300}}
		case "introspect-cached/opaque":
			s.Verdict = results.Fail
			s.Figures[1].Value = 1.5
		}
	}
	got := strings.Join(asking(t, run, "staleness=2s").Answer, "\n")
	for _, want := range []string{
		"local/RS256: misses staleness by 400 ms (it was longer than the step, at least 2.40 s, declared 300 s).",
		"introspect-cached/opaque: staleness unknown (it was 1.5s where 1s was the bound, at least 1.50 s, declared 30.0 s).",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	row := rowOf(t, asking(t, run, ""), "local/RS256")
	if !strings.Contains(strings.Join(row, "|"), "over 2.40 s") {
		t.Errorf("row %q, want the least of its staleness", row)
	}
}

func rowOf(t *testing.T, doc report.Document, name string) []string {
	t.Helper()
	for _, table := range doc.Lead {
		for _, row := range table.Rows {
			if row.Cells[0] == name {
				return row.Cells
			}
		}
	}
	t.Fatalf("no row %s", name)
	return nil
}
