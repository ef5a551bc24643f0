package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

// A reason that many share is said once, with the names of all, and what passed is told
// apart from what didn't apply, in whatever a person reads.
func TestReasonsAreToldOnce(t *testing.T) {
	t.Parallel()
	const reason = "target x doesn't declare introspection"
	step := results.StepResult{Step: results.Step{ID: "conform@x", Scenario: "conform", Kind: results.KindConformance, Target: "x"}, Verdict: results.Pass}
	plan := results.Plan{}
	for i := range 42 {
		f := results.Finding{Check: fmt.Sprint("rfc/check-", i), Target: "x", Verdict: results.Pass}
		if i >= 24 {
			f.Verdict, f.Reason = results.None, reason
			plan.Skipped = append(plan.Skipped, results.Skip{ID: f.Check, Target: "x", Kind: results.NotApplicable, Reason: reason})
		}
		step.Findings = append(step.Findings, f)
	}
	doc, err := report.NewDocument(results.Run{Schema: results.SchemaVersion, ID: "r", Steps: []results.StepResult{step}})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	files, err := render(formats, doc, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range formats {
		said[f.name] = string(files[i].data)
	}
	var planned, progressed bytes.Buffer
	if err := printPlan(stdio{out: &planned}, plan); err != nil {
		t.Fatal(err)
	}
	newProgress(stdio{err: &progressed}, plan).StepDone(0, step)
	said["plan"], said["progress"] = planned.String(), progressed.String()

	// A row for each is what a program wants of these, and hlog has latencies alone.
	times := map[string]int{"json": 18, "csv": 18, "junit": 18, "hlog": 0, "progress": 0}
	counted := map[string]bool{"text": true, "html": true, "markdown": true, "junit": true, "progress": true}
	for name, text := range said {
		plainly := strings.ReplaceAll(strings.ReplaceAll(text, "&#39;", "'"), "\n", " ")
		want, other := times[name]
		if !other {
			want = 1
		}
		if n := strings.Count(plainly, reason); n != want {
			t.Errorf("%s says the reason %d times, want %d:\n%s", name, n, want, text)
		}
		if want > 0 && !strings.Contains(text, "rfc/check-41") {
			t.Errorf("%s doesn't name the last check:\n%s", name, text)
		}
		if counted[name] && !strings.Contains(plainly, "24 of 42 pass, 18 not applicable") {
			t.Errorf("%s doesn't say how many passed, and how many didn't apply:\n%s", name, text)
		}
	}
}
