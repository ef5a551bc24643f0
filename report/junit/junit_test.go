package junit

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

func write(t *testing.T, run results.Run) []byte { return golden.Render(t, Write, run) }

func TestGolden(t *testing.T) {
	golden.Check(t, "junit.xml", write(t, golden.Sample(t)))
}

// read is the reader's view of the file, apart from the types that wrote it.
type read struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure []elem `xml:"failure"`
			Error   []elem `xml:"error"`
			Skipped []elem `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type elem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func parse(t *testing.T, run results.Run) read {
	t.Helper()
	var r read
	if err := xml.Unmarshal(write(t, run), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// find returns "failure", "error", "skipped" or "pass" for a case, and its element.
func (r read) find(t *testing.T, name string) (string, elem) {
	t.Helper()
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			switch {
			case c.Name != name:
			case len(c.Failure) > 0:
				return "failure", c.Failure[0]
			case len(c.Error) > 0:
				return "error", c.Error[0]
			case len(c.Skipped) > 0:
				return "skipped", c.Skipped[0]
			default:
				return "pass", elem{}
			}
		}
	}
	t.Fatalf("there is no case %s", name)
	return "", elem{}
}

// The counts are those of the elements, by suite and in the whole.
func TestCounts(t *testing.T) {
	t.Parallel()
	r := parse(t, golden.Sample(t))
	var all read
	for _, s := range r.Suites {
		var failures, errors, skipped int
		for _, c := range s.Cases {
			failures += len(c.Failure)
			errors += len(c.Error)
			skipped += len(c.Skipped)
			if len(c.Failure)+len(c.Error)+len(c.Skipped) > 1 {
				t.Errorf("%s has more than one outcome", c.Name)
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != errors || s.Skipped != skipped {
			t.Errorf("suite %s counts %d %d %d %d, its cases are %d %d %d %d", s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, len(s.Cases), failures, errors, skipped)
		}
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+failures, all.Errors+errors, all.Skipped+skipped
	}
	if r.Tests != all.Tests || r.Failures != all.Failures || r.Errors != all.Errors || r.Skipped != all.Skipped {
		t.Errorf("the whole counts %d %d %d %d, its cases are %d %d %d %d", r.Tests, r.Failures, r.Errors, r.Skipped, all.Tests, all.Failures, all.Errors, all.Skipped)
	}
	// 16 load steps, costs, 8 findings, 2 skips, the gate; the step whose figure is beyond
	// its limit, the unanswered check and the gate fail, the disturbed step is skipped.
	if r.Tests != 28 || r.Failures != 3 || r.Errors != 0 || r.Skipped != 6 {
		t.Errorf("%d tests, %d failures, %d errors, %d skipped; want 28, 3, 0, 6", r.Tests, r.Failures, r.Errors, r.Skipped)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	const check, step = "rfc0/1/x", "load/a@t#1"
	finding := func(v results.Verdict, level results.Level, accepted *results.Expectation) results.Run {
		return results.Run{Steps: []results.StepResult{{Step: results.Step{ID: "conform@t", Scenario: "conform"}, Verdict: v, Findings: []results.Finding{{
			Check: check, Target: "t", Verdict: v, Observed: "seen", Requirements: []results.Requirement{{Level: level}}, Accepted: accepted}}}}}
	}
	load := func(v results.Verdict, change func(*results.Series)) results.Run {
		h := results.NewHistogram()
		results.Record(h, 1e6)
		s := &results.Series{Verdicts: results.SampleVerdicts{RightAllow: 1}, Response: results.EncodeHistogram(h)}
		if change != nil {
			change(s)
		}
		return results.Run{Steps: []results.StepResult{{Step: results.Step{ID: step, Scenario: "load/a"}, Verdict: v, Reason: "because", Series: s}}}
	}
	for _, c := range []struct {
		what    string
		run     results.Run
		name    string
		outcome string
		kind    string // type attribute
		message string
		gate    string
	}{
		{"check passes", finding(results.Pass, results.Must, nil), check, "pass", "", "", "pass"},
		{"check fails", finding(results.Fail, results.Must, nil), check, "failure", "fail", "seen", "failure"},
		{"check in error", finding(results.Error, results.Must, nil), check, "error", "error", "seen", "error"},
		{"check inconclusive", finding(results.Inconclusive, results.Must, nil), check, "failure", "inconclusive", "seen", "failure"},
		{"check not applicable", finding(results.None, results.Must, nil), check, "skipped", "", "seen", "failure"}, // nothing else was measured
		{"SHOULD fails", func() results.Run {
			r := finding(results.Fail, results.Should, nil)
			r.Steps[0].Verdict = results.Pass
			return r
		}(), check, "skipped", "", "SHOULD", "pass"},
		{"accepted", func() results.Run {
			r := finding(results.Fail, results.Must, &results.Expectation{Verdict: results.Fail, Comment: "known"})
			r.Steps[0].Verdict = results.Pass
			return r
		}(), check, "skipped", "", "known", "pass"},
		{"load passes", load(results.Pass, nil), step, "pass", "", "", "pass"},
		{"load inconclusive", load(results.Inconclusive, nil), step, "failure", "inconclusive", "because", "failure"},
		{"load fails", load(results.Fail, nil), step, "failure", "fail", "because", "failure"},
		{"load in error", load(results.Error, nil), step, "error", "error", "because", "error"},
		{"load passes with a wrong allow", load(results.Pass, func(s *results.Series) { s.Verdicts.WrongAllow = 1 }), step, "failure", "fail", "1 wrong allowed", "failure"},
		{"load without a verdict", load(results.None, nil), step, "skipped", "", "because", "failure"},
		{"skipped", results.Run{Skipped: []results.Skip{{ID: "x", Kind: results.NotRun, Reason: "it ended"}}}, "x", "skipped", "", "not run: it ended", "failure"},
		{"empty", results.Run{}, "decision", "failure", "inconclusive", "nothing was measured", "failure"},
	} {
		r := parse(t, c.run)
		outcome, e := r.find(t, c.name)
		if outcome != c.outcome || e.Type != c.kind || !strings.Contains(e.Message, c.message) {
			t.Errorf("%s: %s, type %q, message %q; want %s, %q, %q", c.what, outcome, e.Type, e.Message, c.outcome, c.kind, c.message)
		}
		if gate, _ := r.find(t, "decision"); gate != c.gate {
			t.Errorf("%s: the gate is a %s, want %s", c.what, gate, c.gate)
		}
	}
}

// A step that failed for more than its findings is a case of its own.
func TestStepWorseThanItsFindings(t *testing.T) {
	t.Parallel()
	r := parse(t, results.Run{Steps: []results.StepResult{{
		Step: results.Step{ID: "conform@t", Scenario: "conform"}, Verdict: results.Error, Reason: "the runner stopped",
		Findings: []results.Finding{{Check: "a", Verdict: results.Pass}},
	}}})
	if outcome, e := r.find(t, "conform@t"); outcome != "error" || !strings.Contains(e.Message, "the runner stopped") {
		t.Errorf("%s %q, want an error that says why", outcome, e.Message)
	}
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	hostile := "]]></failure><testcase name=\"forged\"/> & \x00\x1b \xff"
	for i := range run.Steps {
		for j := range run.Steps[i].Findings {
			f := &run.Steps[i].Findings[j]
			f.Observed, f.Reason, f.Evidence = hostile, hostile, []string{hostile}
		}
	}
	for _, s := range parse(t, run).Suites {
		for _, c := range s.Cases {
			if c.Name == "forged" {
				t.Error("a server's text became a test case")
			}
		}
	}
}
