// Package csv writes a record as one table for a spreadsheet or a data frame: a row
// for each load step and each outcome of it, each operation's cost and each figure, and one for all that was
// selected and has no verdict, whose reason begins with the kind of absence. Columns that don't concern
// a row are empty, an unknown figure is empty and never 0, and times are in nanoseconds.
package csv

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// before, between and after are the columns that every record has.
var (
	before  = []string{"row", "step", "scenario", "target"}
	between = []string{"arrivals", "rate", "tokens", "reuse", "trace", "warm", "repetition", "verdict", "superseded", "reason",
		"planned", "sent", "throughput", "right_allow", "right_deny", "wrong_allow", "wrong_deny", "either", "excused", "transport_error",
		"response_count", "response_min_ns", "response_mean_ns", "response_p50_ns", "response_p90_ns", "response_p99_ns", "response_p99_9_ns", "response_max_ns",
		"service_p50_ns", "service_p99_ns", "lateness_p50_ns", "lateness_p99_ns", "bytes_in", "bytes_out",
		"generator_cpu_s", "servers_cpu_s"}
	after = []string{
		"operation", "operation_bytes", "batches", "batch_size", "median_ns", "low_ns", "high_ns", "confidence", "mean_ns", "allocs", "alloc_bytes", "limit", "ratio",
		"mean_low_ns", "mean_high_ns", "ratio_low", "ratio_high", "figure", "per_second_and_core", "value", "unit", "low", "high", "at_most", "at_least", "warnings",
		"outcome", "must"}
	fixed = slices.Concat(before, between, after)
)

// own is the column of a name from the record, which takes none of the others'.
func own(kind, name string) string {
	if name == "" || slices.Contains(fixed, name) {
		return kind + "_" + name
	}
	return name
}

// columns has the axes of the record's steps, and the counters of its resource servers,
// each in the order in which they come.
func columns(run results.Run) []string {
	var axes, counters []string
	seen := map[string]bool{}
	add := func(to *[]string, name string) {
		if !seen[name] {
			seen[name] = true
			*to = append(*to, name)
		}
	}
	for _, s := range run.Steps {
		for _, a := range s.Step.Axes {
			add(&axes, own("axis", a.Name))
			if a.Class != "" {
				add(&axes, own("axis", a.Name)+"_class")
			}
		}
		if s.Series != nil {
			for _, c := range s.Series.Counters {
				add(&counters, own("counter", c.Name))
			}
		}
	}
	return slices.Concat(before, axes, between, counters, after)
}

// Write renders the document's record.
func Write(w io.Writer, doc report.Document) error {
	out := csv.NewWriter(w)
	names := columns(doc.Run)
	write := func(row []string) {
		for i, cell := range row {
			row[i] = inert(cell)
		}
		_ = out.Write(row) // the first error is kept for Error
	}
	put := func(values map[string]string) {
		row := make([]string, len(names))
		for i, name := range names {
			row[i] = values[name]
		}
		write(row)
	}
	write(slices.Clone(names))
	listed := map[string]bool{}
	for _, s := range doc.Run.Steps {
		switch {
		case s.Step.Kind == results.KindConformance:
			// Its findings are in other formats; what has no verdict is listed below.
		case s.Series != nil:
			put(load(s))
			for _, o := range s.Series.Outcomes {
				put(outcome(s, o))
			}
		case s.Step.Kind != results.KindCost || len(s.Costs) == 0:
			put(step(string(s.Step.Kind), s)) // it wasn't measured, and is listed
		}
		listed[s.Step.ID] = s.Step.Kind != results.KindConformance
		for _, c := range s.Costs {
			put(cost(s, c))
		}
		for _, f := range s.Figures {
			put(figureRow(s, f))
		}
	}
	for _, skip := range doc.Absent {
		if listed[skip.ID] {
			continue
		}
		put(map[string]string{"row": "absent", "step": skip.ID, "target": skip.Target,
			"verdict": results.None.String(), "reason": string(skip.Kind) + ": " + skip.Reason})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

func step(kind string, s results.StepResult) map[string]string {
	row := map[string]string{"row": kind, "step": s.Step.ID, "scenario": s.Step.Scenario, "target": s.Step.Target,
		"verdict": s.Verdict.String(), "reason": s.Reason}
	for _, a := range s.Step.Axes {
		name := own("axis", a.Name)
		row[name], row[name+"_class"] = a.Value, a.Class
	}
	if s.Step.Load != nil {
		row["arrivals"] = string(s.Step.Load.Arrivals)
		if s.Step.Load.Rate > 0 {
			row["rate"] = float(s.Step.Load.Rate)
		}
		if s.Step.Load.Tokens > 0 {
			row["tokens"], row["reuse"] = strconv.Itoa(s.Step.Load.Tokens), float(s.Step.Load.Reuse)
		}
		row["trace"], row["warm"] = s.Step.Load.Trace, string(s.Step.Load.Warm)
	}
	if s.Superseded {
		row["superseded"] = "true" // another try stands for it
	}
	if s.Step.Repetition > 0 {
		row["repetition"] = strconv.Itoa(s.Step.Repetition)
	}
	return row
}

func figureRow(s results.StepResult, f results.Figure) map[string]string {
	row := step("figure", s)
	row["figure"], row["value"], row["unit"] = f.Name, float(f.Value), f.Unit
	if f.Low != 0 || f.High != 0 {
		row["low"], row["high"] = float(f.Low), float(f.High)
	}
	if f.Limit != nil {
		bound := "at_most"
		if f.Worse == results.WorseDown {
			bound = "at_least"
		}
		row[bound] = float(*f.Limit)
	}
	return row
}

func load(s results.StepResult) map[string]string {
	row, series := step("load", s), s.Series
	if !s.Step.Load.Closed() {
		row["planned"] = integer(series.Planned)
	}
	row["sent"], row["throughput"] = integer(series.Sent), float(series.Throughput)
	verdicts(row, series.Verdicts)
	row["bytes_in"], row["bytes_out"] = integer(series.BytesIn), integer(series.BytesOut)

	latencies(row, series.Response, series.Service)
	if h := series.Lateness; h.Count > 0 {
		row["lateness_p50_ns"], row["lateness_p99_ns"] = integer(h.P50), integer(h.P99)
	}
	servers, known := 0.0, false
	for _, u := range series.Usage {
		if u.Component == stats.Generator {
			row["generator_cpu_s"] = float(u.CPUSeconds)
			continue
		}
		servers, known = servers+u.CPUSeconds, true
	}
	if known {
		row["servers_cpu_s"] = float(servers)
	}
	for _, c := range series.Counters {
		row[own("counter", c.Name)] = integer(c.Count)
	}
	return row
}

// outcome is the row of what the requests of one kind got. Its latencies are of all of
// them, those that had to be denied as well.
func outcome(s results.StepResult, o results.Outcome) map[string]string {
	row := step("outcome", s)
	row["outcome"], row["must"], row["reason"] = o.Name, o.Right, o.Verdicts.First
	if !s.Step.Load.Closed() {
		row["planned"] = integer(o.Planned)
	}
	row["sent"] = integer(o.Sent)
	verdicts(row, o.Verdicts)
	latencies(row, o.Response, o.Service)
	return row
}

func verdicts(row map[string]string, v results.SampleVerdicts) {
	row["right_allow"], row["right_deny"] = integer(v.RightAllow), integer(v.RightDeny)
	row["wrong_allow"], row["wrong_deny"] = integer(v.WrongAllow), integer(v.WrongDeny)
	row["either"], row["transport_error"] = integer(v.Either), integer(v.TransportError)
}

func latencies(row map[string]string, response, service results.Histogram) {
	h := response
	row["response_count"] = integer(h.Count)
	if h.Count > 0 {
		row["response_min_ns"], row["response_mean_ns"], row["response_max_ns"] = integer(h.Min), float(h.Mean), integer(h.Max)
		row["response_p50_ns"], row["response_p90_ns"] = integer(h.P50), integer(h.P90)
		row["response_p99_ns"], row["response_p99_9_ns"] = integer(h.P99), integer(h.P999)
	}
	if h := service; h.Count > 0 {
		row["service_p50_ns"], row["service_p99_ns"] = integer(h.P50), integer(h.P99)
	}
}

func cost(s results.StepResult, c results.Cost) map[string]string {
	row := step("cost", s)
	row["operation"], row["operation_bytes"], row["limit"] = c.Operation, strconv.Itoa(c.Bytes), c.Limit
	var codes []string
	for _, w := range c.Warnings {
		codes = append(codes, w.Code)
	}
	row["warnings"], row["figure"] = strings.Join(codes, " "), figure(c)
	if text, ok := report.AnotherProgram(c); ok {
		row["reason"] = text
	}
	if c.Untimed {
		return row
	}
	row["batches"], row["batch_size"] = strconv.Itoa(c.Batches), strconv.Itoa(c.BatchSize)
	row["allocs"], row["alloc_bytes"] = float(c.Allocs), float(c.AllocB)
	if center, _, _ := c.Figure(); center > 0 {
		row["median_ns"], row["mean_ns"] = float(c.Median), float(c.Mean)
	}
	if n, ok := report.PerSecond(c); ok {
		row["per_second_and_core"] = float(n)
	}
	if c.Level > 0 {
		row["low_ns"], row["high_ns"], row["confidence"] = float(c.Low), float(c.High), float(c.Level)
	}
	if c.Level > 0 && c.MeanLow > 0 {
		row["mean_low_ns"], row["mean_high_ns"] = float(c.MeanLow), float(c.MeanHigh)
	}
	if c.Ratio > 0 {
		row["ratio"] = float(c.Ratio)
	}
	if report.RatioHasInterval(c) {
		row["ratio_low"], row["ratio_high"] = float(c.RatioLow), float(c.RatioHigh)
	}
	return row
}

// figure names what sums the row up.
func figure(c results.Cost) string {
	if _, ok := report.AnotherProgram(c); ok {
		return "another program's"
	}
	switch {
	case c.Untimed:
		return "bytes"
	case c.Tail:
		return "mean"
	}
	return "median"
}

// inert is a cell that a spreadsheet doesn't take for a formula.
func inert(cell string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(cell))
	if _, err := strconv.ParseFloat(cell, 64); err != nil && strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

func integer(v int64) string { return strconv.FormatInt(v, 10) }

func float(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }
