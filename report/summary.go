package report

import (
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// loadSection puts the cells of each target and load side by side.
func loadSection(_ results.Run, cells []stats.Cell) (out Section) {
	for _, group := range stats.ByLoad(cells) {
		if group[0].Closed() {
			out.Tables = append(out.Tables, capacityTable(group))
		} else {
			out.Tables = append(out.Tables, latencyTable(group))
		}
	}
	return out
}

// p99 is the figure of a repetition whose spread the summary shows.
func p99(r stats.Repetition) int64 { return r.Series.Response.P99 }

// Load says what a cell was put under, in words.
func Load(c stats.Cell) string {
	o := c.Offered()
	if c.Closed() {
		return fmt.Sprintf("%s, %d workers without pause", c.Step.Target, o.Workers)
	}
	text := fmt.Sprintf("%s at %s/s", c.Step.Target, Figure(o.Rate))
	if o.Arrivals != "" {
		text += fmt.Sprintf(" (%s)", o.Arrivals)
	}
	return text
}

// of names the family of scenarios in a title, but for the protected resource, which is
// what a load is put on unless something else is said.
func of(c stats.Cell) string {
	if c.Family() == "load" {
		return ""
	}
	return " of " + c.Family()
}

// axes heads the column of the cells' names.
func axes(c stats.Cell) string {
	if len(c.Step.Axes) == 0 {
		return "scenario"
	}
	names := make([]string, len(c.Step.Axes))
	for i, a := range c.Step.Axes {
		names[i] = a.Name
	}
	return strings.Join(names, "/")
}

func latencyTable(cells []stats.Cell) Table {
	components := stats.Components(cells)
	t := Table{
		Title: "Latency" + of(cells[0]) + " on " + Load(cells[0]),
		Columns: []Column{{Name: axes(cells[0])}, {Name: "token kind", Wide: true}, {Name: "p50", Numeric: true}, {Name: "p99", Numeric: true},
			{Name: "p99 range", Numeric: true}, {Name: "p99.9", Numeric: true, Wide: true}, {Name: "samples", Numeric: true, Wide: true}},
		Notes: []string{
			"Response time from the planned send time to the last byte, of requests that had to be allowed; repetitions are merged as histograms, and the range is over them.",
			"CPU is user and system time for each request, in microseconds; calls are requests to the issuer for 1,000 requests.",
		},
	}
	for _, name := range components {
		t.Columns = append(t.Columns, Column{Name: name + " CPU", Numeric: true, Wide: name == stats.Generator})
	}
	t.Columns = append(t.Columns, Column{Name: "calls", Numeric: true}, Column{Name: "verdict"})
	for _, c := range cells {
		_, kind := c.Form()
		row := []string{c.Name(), kind}
		if n := c.Response.TotalCount(); n > 0 {
			row = append(row, quantile(c, 0.5), quantile(c, 0.99), spread(c, p99), quantile(c, 0.999), Count(n))
		} else {
			row = append(row, "-", "-", "-", "-", "0")
		}
		for _, name := range components {
			row = append(row, orDash(c.CPU(name)))
		}
		_, calls, ok := c.Calls()
		t.Rows = append(t.Rows, Row{append(row, orDash(calls, ok), c.Verdict.String()), c.Verdict})
	}
	return t
}

func capacityTable(cells []stats.Cell) Table {
	components := stats.Components(cells)
	t := Table{
		Title:   "Capacity" + of(cells[0]) + " on " + Load(cells[0]),
		Columns: []Column{{Name: axes(cells[0])}, {Name: "token kind", Wide: true}, {Name: "answered/s", Numeric: true}},
		Notes:   []string{"Each worker sends when its last request is answered, so latency is that of the queue and isn't shown."},
	}
	for _, name := range components {
		t.Columns = append(t.Columns, Column{Name: name + " CPU", Numeric: true})
	}
	t.Columns = append(t.Columns, Column{Name: "verdict"})
	for _, c := range cells {
		_, kind := c.Form()
		row := []string{c.Name(), kind, orDash(c.Throughput(), len(c.Steps) > 0)}
		for _, name := range components {
			row = append(row, orDash(c.CPU(name)))
		}
		t.Rows = append(t.Rows, Row{append(row, c.Verdict.String()), c.Verdict})
	}
	return t
}

func quantile(c stats.Cell, q float64) string {
	return Nanoseconds(float64(stats.Quantile(c.Response, q)))
}

// spread writes the range over the repetitions, a dash when there is one alone.
func spread(c stats.Cell, figure func(stats.Repetition) int64) string {
	r, ok := c.Spread(figure)
	if !ok {
		return "-"
	}
	return Nanoseconds(float64(r.Low)) + " - " + Nanoseconds(float64(r.High))
}

// orDash writes a figure that a record may lack.
func orDash(v float64, ok bool) string {
	if !ok {
		return "-"
	}
	return Figure(v)
}
