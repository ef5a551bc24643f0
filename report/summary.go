package report

import (
	"fmt"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// p99 is the figure of a repetition whose spread the summary shows.
func p99(h results.Histogram) int64 { return h.P99 }

// summaries puts the cells of each target and load side by side.
func summaries(cells []stats.Cell) []Table {
	var tables []Table
	for _, group := range stats.ByLoad(cells) {
		if group[0].Closed() {
			tables = append(tables, capacityTable(group))
		} else {
			tables = append(tables, latencyTable(group))
		}
	}
	return tables
}

// Load says what a cell was put under, in words.
func Load(c stats.Cell) string {
	if c.Closed() {
		return fmt.Sprintf("%s, %d workers without pause", c.Step.Target, c.Step.Workers)
	}
	text := fmt.Sprintf("%s at %s/s", c.Step.Target, Figure(c.Step.Rate))
	if c.Step.Arrivals != "" {
		text += fmt.Sprintf(" (%s)", c.Step.Arrivals)
	}
	return text
}

func latencyTable(cells []stats.Cell) Table {
	components := stats.Components(cells)
	t := Table{
		Title: "Latency on " + Load(cells[0]),
		Columns: []Column{{Name: "strategy/form"}, {Name: "token kind", Wide: true}, {Name: "p50", Numeric: true}, {Name: "p99", Numeric: true},
			{Name: "p99 range", Numeric: true}, {Name: "p99.9", Numeric: true, Wide: true}, {Name: "samples", Numeric: true, Wide: true}},
		Notes: []string{
			"Response time from the planned send time to the last byte, of requests that had to be allowed; repetitions are merged as histograms, and the range is over them.",
			"CPU is user and system time for each request, in microseconds; calls are introspections for 1,000 requests.",
		},
	}
	for _, name := range components {
		t.Columns = append(t.Columns, Column{Name: name + " CPU", Numeric: true, Wide: name == stats.Generator})
	}
	t.Columns = append(t.Columns, Column{Name: "calls", Numeric: true}, Column{Name: "verdict"})
	for _, c := range cells {
		row := []string{c.Name(), c.Step.Kind}
		if n := c.Response.TotalCount(); n > 0 {
			row = append(row, quantile(c, 0.5), quantile(c, 0.99), spread(c, p99), quantile(c, 0.999), Count(n))
		} else {
			row = append(row, "-", "-", "-", "-", "0")
		}
		for _, name := range components {
			row = append(row, known(c.CPU(name)))
		}
		t.Rows = append(t.Rows, Row{append(row, known(c.Introspections()), c.Verdict.String()), c.Verdict})
	}
	return t
}

func capacityTable(cells []stats.Cell) Table {
	components := stats.Components(cells)
	t := Table{
		Title:   "Capacity of " + Load(cells[0]),
		Columns: []Column{{Name: "strategy/form"}, {Name: "token kind", Wide: true}, {Name: "answered/s", Numeric: true}},
		Notes:   []string{"Each worker sends when its last request is answered, so latency is that of the queue and isn't shown."},
	}
	for _, name := range components {
		t.Columns = append(t.Columns, Column{Name: name + " CPU", Numeric: true})
	}
	t.Columns = append(t.Columns, Column{Name: "verdict"})
	for _, c := range cells {
		row := []string{c.Name(), c.Step.Kind, known(c.Throughput(), len(c.Steps) > 0)}
		for _, name := range components {
			row = append(row, known(c.CPU(name)))
		}
		t.Rows = append(t.Rows, Row{append(row, c.Verdict.String()), c.Verdict})
	}
	return t
}

func quantile(c stats.Cell, q float64) string {
	return Nanoseconds(float64(stats.Quantile(c.Response, q)))
}

// spread writes the range over the repetitions, a dash when there is one alone.
func spread(c stats.Cell, figure func(results.Histogram) int64) string {
	r, ok := c.Spread(figure)
	if !ok {
		return "-"
	}
	return Nanoseconds(float64(r.Low)) + " - " + Nanoseconds(float64(r.High))
}

// known writes a figure that a record may lack.
func known(v float64, ok bool) string {
	if !ok {
		return "-"
	}
	return Figure(v)
}
