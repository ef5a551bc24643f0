// Package hlog writes the response times of a record as an HdrHistogram log, which
// HdrHistogram's own tools plot and merge: one interval for each load step, tagged by
// what it measured. A tag that ends in a verdict marks figures that can't be trusted.
package hlog

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// Write renders the run. The error is that of the writer, or of a histogram which
// can't be decoded.
func Write(w io.Writer, run results.Run) error {
	var buf bytes.Buffer
	if err := render(&buf, run); err != nil {
		return fmt.Errorf("write histogram log: %w", err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("write histogram log: %w", err)
	}
	return nil
}

func render(w io.Writer, run results.Run) error {
	log := hdrhistogram.NewHistogramLogWriter(w)
	if err := log.OutputLogFormatVersion(); err != nil {
		return err
	}
	if err := log.OutputComment(" oauthmark run " + word(run.ID) + ": response times from the planned send time, in nanoseconds"); err != nil {
		return err
	}
	if err := log.OutputStartTime(millis(run.Started)); err != nil {
		return err
	}
	if err := log.OutputLegend(); err != nil {
		return err
	}
	for _, s := range run.Steps {
		if s.Series == nil {
			continue
		}
		h, err := s.Series.Response.Decode()
		if err != nil {
			return fmt.Errorf("%s: %w", s.Step.ID, err)
		}
		h.SetTag(tag(s))
		h.SetStartTimeMs(millis(s.Started))
		h.SetEndTimeMs(millis(s.Started) + time.Duration(s.Elapsed).Milliseconds())
		if err := log.OutputIntervalHistogram(h); err != nil {
			return fmt.Errorf("%s: %w", s.Step.ID, err)
		}
	}
	return nil
}

// tag names what a step measured, without its repetition.
func tag(s results.StepResult) string {
	out := s.Step.Scenario + "@" + s.Step.Target
	if s.Step.Rate > 0 {
		out += ":" + strconv.FormatFloat(s.Step.Rate, 'f', -1, 64) + "/s"
	}
	if s.Verdict != results.Pass {
		out += ":" + s.Verdict.String()
	}
	return word(out)
}

// word replaces what ends a tag or a line of the log.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ',' || unicode.IsSpace(r) || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, s)
}

// millis is 0 for a time before 1970, which the log can't express.
func millis(t time.Time) int64 { return max(t.UnixMilli(), 0) }
