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

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// Write renders the document's record. The error is that of the writer.
func Write(w io.Writer, doc report.Document) error {
	var buf bytes.Buffer
	if err := render(&buf, doc); err != nil {
		return fmt.Errorf("write histogram log: %w", err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("write histogram log: %w", err)
	}
	return nil
}

func render(w io.Writer, doc report.Document) error {
	run := doc.Run
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
	traits := stats.Traits(run)
	decoded := map[*results.Series]*hdrhistogram.PackedHistogram{}
	for _, c := range doc.Cells {
		for _, r := range c.Steps {
			decoded[r.Series] = r.Response
		}
	}
	for _, s := range run.Steps {
		for _, f := range s.Figures {
			if err := log.OutputComment(" " + word(s.Step.ID) + " " + report.FigureLine(f)); err != nil {
				return err
			}
		}
		if s.Series == nil || s.Superseded {
			continue
		}
		h := decoded[s.Series]
		if h == nil { // its cell is judged by others
			var err error
			if h, err = s.Series.Response.Decode(); err != nil {
				return fmt.Errorf("%s: %w", s.Step.ID, err)
			}
		}
		h.SetTag(tag(s, traits))
		h.SetStartTimeMs(millis(s.Started))
		h.SetEndTimeMs(millis(s.Started) + time.Duration(s.Elapsed).Milliseconds())
		if err := log.OutputIntervalPackedHistogram(h); err != nil {
			return fmt.Errorf("%s: %w", s.Step.ID, err)
		}
	}
	return nil
}

// tag names what a step measured, without its repetition.
func tag(s results.StepResult, traits func(*results.Offered) []stats.Trait) string {
	out, _, _ := strings.Cut(s.Step.Scenario, "/")
	out += "/" + s.Step.Label() + "@" + s.Step.Target
	if s.Step.Load != nil && s.Step.Load.Rate > 0 {
		out += ":" + strconv.FormatFloat(s.Step.Load.Rate, 'f', -1, 64) + "/s"
	}
	for _, t := range traits(s.Step.Load) {
		out += ":" + t.Name + "=" + t.Value
	}
	if s.Verdict != results.Pass {
		out += ":" + s.Verdict.String()
	}
	return word(out)
}

// word replaces what ends a tag or a line of the log.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ',' || unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, s)
}

// millis is 0 for a time before 1970, which the log can't express.
func millis(t time.Time) int64 { return max(t.UnixMilli(), 0) }
