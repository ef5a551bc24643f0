// Package junit writes a record as JUnit XML, for the test view of a CI.
//
// Every check, load step and cost step is a test case, and so is the gate's decision:
// a file in which all is green is one of a run that passed. A conformance failure is a
// failure and only a fault of the harness is an error. What is inconclusive is a
// failure too, of the type "inconclusive", since it must not read as a pass. What has
// no verdict, and a failure that doesn't count (accepted, or of a SHOULD), is skipped
// with its reason.
package junit

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/gate"
	"github.com/oauthmark/oauthmark/results"
)

// Write renders the document's record.
func Write(w io.Writer, doc report.Document) error {
	out, err := xml.MarshalIndent(build(doc), "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, out)
	}
	if err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	return nil
}

func build(doc report.Document) *suites {
	run := doc.Run
	all := &suites{Name: "oauthmark " + run.ID, byName: map[string]*suite{}}
	checks, leftOut := map[[2]string]bool{}, map[string]bool{}
	for _, c := range doc.Cells {
		for _, r := range c.LeftOut {
			leftOut[r.Step.ID] = true
		}
	}
	for _, s := range run.Steps {
		seconds := time.Duration(s.Elapsed).Seconds()
		// A step whose findings say all that it says is shown by them.
		step := stepCase(s)
		if s.Superseded || leftOut[s.Step.ID] && s.Disturbed {
			step.Failure, step.Skipped = nil, &outcome{Message: "disturbed, and another try or repetition stands for it: " + s.Reason}
		}
		if len(s.Findings) == 0 || len(s.Figures) > 0 || s.Verdict > worst(s.Findings) {
			step.Time = fmt.Sprintf("%.3f", seconds)
			all.add(s.Step.Scenario, step)
		}
		checks[[2]string{s.Step.ID, s.Step.Target}] = true
		for _, f := range s.Findings {
			checks[[2]string{f.Check, f.Target}] = true
			all.add(s.Step.Scenario, findingCase(f))
		}
	}
	for _, s := range doc.Absent {
		if !checks[[2]string{s.ID, s.Target}] {
			all.add("absent", testcase{Name: s.ID, Class: cmp.Or(s.Target, "oauthmark"), Skipped: &outcome{Message: string(s.Kind) + ": " + s.Reason}})
		}
	}
	d := doc.Decision
	all.add("gate", judged(testcase{Name: "decision", Class: "oauthmark", Output: doc.Counts + "\n"}, d.Verdict, strings.Join(d.Reasons, "; "), ""))
	return all
}

func stepCase(s results.StepResult) testcase {
	c := testcase{Name: s.Step.ID, Class: cmp.Or(s.Step.Target, "oauthmark")}
	for _, f := range s.Figures {
		c.Output += report.FigureLine(f) + "\n"
	}
	if s.Verdict == results.None {
		return judged(c, results.None, s.Reason, "")
	}
	d := gate.Step(s)
	return judged(c, d.Verdict, strings.Join(d.Reasons, "; "), "")
}

func findingCase(f results.Finding) testcase {
	c := testcase{Name: f.Check, Class: cmp.Or(f.Target, "oauthmark")}
	if f.Verdict > results.Pass && f.Weight() == results.Pass {
		why := fmt.Sprintf("fail that doesn't count, of a %s: %s", cmp.Or(f.Level(), "requirement"), f.Observed)
		if f.Accepted != nil {
			why = fmt.Sprintf("%s that is accepted: %s", f.Verdict, f.Accepted.Comment)
		}
		c.Skipped = &outcome{Message: why}
		return c
	}
	return judged(c, f.Verdict, cmp.Or(f.Reason, f.Observed, f.Title), detail(f))
}

// judged gives the case the element that its verdict asks for.
func judged(c testcase, v results.Verdict, why, text string) testcase {
	o := &outcome{Type: v.String(), Message: cmp.Or(why, "no reason was recorded"), Text: text}
	switch v {
	case results.Pass:
	case results.None:
		o.Type = ""
		c.Skipped = o
	case results.Inconclusive, results.Fail:
		c.Failure = o
	default:
		c.Error = o
	}
	return c
}

// detail is what a person needs to judge the finding.
func detail(f results.Finding) string {
	var b strings.Builder
	for _, r := range f.Requirements {
		fmt.Fprintf(&b, "%s %s (%s section %s): %s\n", r.Level, r.ID, r.Document, r.Section, r.Text)
	}
	if len(f.Expected) > 0 {
		fmt.Fprintf(&b, "expected: %s\n", strings.Join(f.Expected, " or "))
	}
	if f.Observed != "" {
		fmt.Fprintf(&b, "observed: %s\n", f.Observed)
	}
	for _, e := range f.Evidence {
		fmt.Fprintf(&b, "\n%s\n", e)
	}
	return b.String()
}

// worst is the worst that the findings account for.
func worst(findings []results.Finding) results.Verdict {
	out := results.None
	for _, f := range findings {
		out = max(out, f.Weight())
	}
	return out
}
