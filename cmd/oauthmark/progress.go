package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

// progress shows how a run goes: a bar on a terminal, plain lines elsewhere.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	bar   *progressbar.ProgressBar // nil where there is no terminal
	steps []results.Step
	begin []time.Duration // by step: the expected time before it
	total time.Duration
}

func newProgress(std stdio, plan results.Plan) *progress {
	show := &progress{out: std.err, steps: plan.Steps}
	for _, step := range plan.Steps {
		show.begin = append(show.begin, show.total)
		show.total += time.Duration(step.Takes)
	}
	if f, ok := std.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		show.bar = progressbar.NewOptions64(show.total.Milliseconds(),
			progressbar.OptionSetWriter(f),
			progressbar.OptionSetWidth(24),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(65*time.Millisecond),
		)
	}
	return show
}

// note says what is being done before the first step.
func (p *progress) note(event string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Describe(report.Plain(event))
		return
	}
	fmt.Fprintln(p.out, report.Plain(event))
}

func (p *progress) StepStarted(i int, step results.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%d/%d %s", i+1, len(p.steps), step.ID))
		_ = p.bar.Set64(p.begin[i].Milliseconds())
	}
}

func (p *progress) StepProgress(i int, done float64, _ string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		end := p.total
		if i+1 < len(p.begin) {
			end = p.begin[i+1]
		}
		at := p.begin[i] + time.Duration(min(max(done, 0), 1)*float64(end-p.begin[i]))
		_ = p.bar.Set64(at.Milliseconds())
	}
}

func (p *progress) StepDone(i int, r results.StepResult) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		if r.Verdict == results.Pass {
			return
		}
		_ = p.bar.Clear()
	}
	fmt.Fprintf(p.out, "%d/%d %s: %s%s\n", i+1, len(p.steps), r.Step.ID, r.Verdict, report.Plain(gist(r)))
}

func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// gist is what a step found, in a few words.
func gist(r results.StepResult) string {
	switch {
	case r.Reason != "":
		return ": " + r.Reason
	case r.Series != nil:
		return fmt.Sprintf(", p50 %s, p99 %s", report.Nanoseconds(float64(r.Series.Response.P50)), report.Nanoseconds(float64(r.Series.Response.P99)))
	case r.Findings != nil:
		return ", checks: " + report.CheckCounts(r.Findings)
	case r.Costs != nil:
		return fmt.Sprintf(", %d operations", len(r.Costs))
	case len(r.Figures) > 0:
		return ", " + report.FigureLine(r.Figures[0])
	}
	return ""
}
