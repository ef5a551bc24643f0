package hlog

import (
	"bytes"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

func write(t *testing.T, run results.Run) []byte { return golden.Render(t, Write, run) }

func TestGolden(t *testing.T) {
	golden.Check(t, "latency.hlog", write(t, golden.Sample(t)))
}

func TestTheLogReadsBack(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	run.Steps[0].Step.Target = "a, b\nTag=x" // no part of a name may end the tag or the line
	r := hdrhistogram.NewHistogramLogReader(bytes.NewReader(write(t, run)))
	for _, s := range run.Steps {
		if s.Series == nil {
			continue
		}
		got, err := r.NextIntervalHistogram()
		if err != nil || got == nil {
			t.Fatalf("%s: %v, %v", s.Step.ID, got, err)
		}
		if results.EncodeHistogram(got) != s.Series.Response {
			t.Errorf("%s: the histogram differs", s.Step.ID)
		}
		if got.Tag() != tag(s, stats.Traits(run)) || strings.Contains(got.Tag(), "inconclusive") != (s.Verdict == results.Inconclusive) {
			t.Errorf("%s (%s): tag %q", s.Step.ID, s.Verdict, got.Tag())
		}
		if off := got.StartTimeMs() - s.Started.UnixMilli(); off < -1 || off > 1 {
			t.Errorf("%s: starts %d ms off", s.Step.ID, off)
		}
	}
	if more, err := r.NextIntervalHistogram(); more != nil || err != nil {
		t.Errorf("one more interval: %v, %v", more, err)
	}
}
