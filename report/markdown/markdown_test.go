package markdown

import (
	"bytes"
	"flag"
	"github.com/oauthmark/oauthmark/results"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file anew")

func sample(t *testing.T) results.Run {
	t.Helper()
	run, err := results.Load("../../results/testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func write(t *testing.T, run results.Run) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Write(&buf, run); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestGolden(t *testing.T) {
	path := filepath.Join("testdata", "summary.md")
	got := write(t, sample(t))
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the output differs from %s; run go test ./report/markdown -update and read the difference:\n%s", path, got)
	}
}

// Every row of a table has as many cells as its head, whatever a server said.
func TestHostileText(t *testing.T) {
	t.Parallel()
	run := sample(t)
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
