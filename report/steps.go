package report

import (
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// stepSection lists the load steps of each target, every repetition by itself, in order
// of execution.
func stepSection(run results.Run, _ []stats.Cell) Section {
	var order []string
	rows := map[string][]Row{}
	for _, s := range run.Steps {
		if !s.Loaded() {
			continue
		}
		target := s.Step.Target
		if _, ok := rows[target]; !ok {
			order = append(order, target)
		}
		rows[target] = append(rows[target], stepRow(s))
	}
	out := Section{Detail: true}
	for _, target := range order {
		out.Tables = append(out.Tables, Table{
			Title: "Load steps on " + target,
			Columns: []Column{{Name: "step"}, {Name: "planned", Numeric: true, Wide: true}, {Name: "sent", Numeric: true}, {Name: "answered/s", Numeric: true},
				{Name: "p50", Numeric: true}, {Name: "p99", Numeric: true}, {Name: "p99.9", Numeric: true, Wide: true}, {Name: "max", Numeric: true, Wide: true},
				{Name: "undelayed", Numeric: true, Spare: true}, {Name: "allowed", Numeric: true, Wide: true}, {Name: "denied", Numeric: true, Wide: true},
				{Name: "either", Numeric: true, Wide: true}, {Name: "excused", Numeric: true, Wide: true}, {Name: "wrong", Numeric: true}, {Name: "lost", Numeric: true}, {Name: "verdict"}},
			Rows: rows[target],
			Notes: []string{"undelayed: p99 without what the generator may have added; wrong: allowed or denied against the oracle; " +
				"either: answered while what is right changed; excused: no judgement in an outage that the step made; lost: no answer.",
				"Latencies under closed arrivals are those of a queue."},
		})
	}
	return out
}

func stepRow(s results.StepResult) Row {
	verdict := s.Verdict.String()
	if s.Superseded {
		verdict += ", tried again"
	}
	name := strings.Replace(strings.TrimPrefix(s.Step.ID, "load/"), "@"+s.Step.Target, "", 1)
	if s.Series == nil {
		return Row{[]string{name, "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", verdict}, s.Verdict}
	}
	v := s.Series.Verdicts
	planned := Count(s.Series.Planned)
	if s.Step.Load.Closed() {
		planned = "-"
	}
	return Row{[]string{
		name, planned, Count(s.Series.Sent), Figure(s.Series.Throughput),
		latencyOf(s.Series.Response, 0.5, s.Series.Response.P50), latencyOf(s.Series.Response, 0.99, s.Series.Response.P99),
		latencyOf(s.Series.Response, 0.999, s.Series.Response.P999), latencyOf(s.Series.Response, 0, s.Series.Response.Max),
		latencyOf(s.Series.Undelayed, 0.99, s.Series.Undelayed.P99),
		Count(v.RightAllow), Count(v.RightDeny), Count(v.Either), Count(v.Excused), Count(v.WrongAllow + v.WrongDeny), Count(v.TransportError), verdict,
	}, s.Verdict}
}

// latencyOf writes the quantile of a histogram, a dash when it has too few samples to say.
func latencyOf(h results.Histogram, q float64, ns int64) string {
	if h.Count == 0 || !results.Resolves(h.Count, q) {
		return "-"
	}
	return Nanoseconds(float64(ns))
}
