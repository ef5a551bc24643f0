package markdown

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

func write(t *testing.T, run results.Run) []byte { return golden.Render(t, Write, run) }

func TestGolden(t *testing.T) {
	golden.Check(t, "summary.md", write(t, golden.Sample(t)))
	golden.Check(t, "strategies.md", write(t, golden.Asked(t)))
}

// Every row of a table has as many cells as its head, whatever a server said.
func TestHostileText(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	hostile := "a|b\n\n# forged\n<script>alert(1)</script> [x](http://example.invalid) ![y](z) `c` **d** \\| e"
	for i := range run.Steps {
		run.Steps[i].Reason = hostile
		for j := range run.Steps[i].Findings {
			run.Steps[i].Findings[j].Observed, run.Steps[i].Findings[j].Reason = hostile, hostile
		}
	}
	run.Warnings[0].Text = hostile
	text := string(write(t, run))
	cells := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# forged") || strings.Contains(line, "<script") || strings.Contains(line, " [x](") {
			t.Errorf("text has an effect: %s", line)
		}
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(strings.ReplaceAll(line, `\\`, ""), `\|`, ""), "|")
		if cells > 0 && n != cells {
			t.Errorf("%d bars, want %d: %s", n, cells, line)
		}
		cells = n
	}
}

func TestFindingsSaySomethingWhenAllPass(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Findings: []results.Finding{{Check: "a", Verdict: results.Pass}}}}}
	if text := string(write(t, run)); !strings.Contains(text, "Checks: 1 of 1 pass") {
		t.Errorf("no word of the checks in:\n%s", text)
	}
}
