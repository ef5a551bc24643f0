package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// loadSection puts the cells of each target and load side by side.
func loadSection(_ results.Run, cells []stats.Cell) (out Section) {
	for _, group := range stats.ByLoad(cells) {
		if group[0].Closed() {
			out.Tables = append(out.Tables, loopTable(group))
		} else {
			out.Tables = append(out.Tables, latencyTable(group, floorOf(group[0], cells)))
		}
	}
	return out
}

// Load says what a cell was put under, in words.
func Load(c stats.Cell) string {
	o := c.Offered()
	if c.Closed() {
		return fmt.Sprintf("%s, %d workers without pause", c.Step.Target, o.Workers) + traits(c, ", ")
	}
	text := c.Step.Target
	if o.Rate > 0 { // one that was looked for may not have been found
		text += fmt.Sprintf(" at %s/s", Figure(o.Rate))
	}
	switch {
	case o.Trace != "": // which is how requests arrive
		text += " (" + strings.TrimPrefix(traits(c, ", "), ", ") + ")"
	case o.Arrivals != "":
		text += fmt.Sprintf(" (%s%s)", o.Arrivals, traits(c, ", "))
	}
	return text
}

// traits says what else tells the load from others, each after the separator.
func traits(c stats.Cell, separator string) (out string) {
	for _, t := range c.Traits {
		switch t.Name {
		case "tokens":
			out += separator + t.Value + " tokens"
		default:
			out += separator + t.Name + " " + t.Value
		}
	}
	return out
}

// of names the family of scenarios in a title, but for the protected resource, which is
// what a load is put on unless something else is said.
func of(c stats.Cell) string {
	if c.Family() == "load" {
		return ""
	}
	return " of " + c.Family()
}

// axes heads the column of the cells' names: what all vary, and dots for what only some
// do. The floor has but a name.
func axes(cells ...stats.Cell) string {
	var common []string
	more := false
	for i, c := range cells {
		var own []string
		for _, a := range c.Step.Axes {
			own = append(own, a.Name)
		}
		if i == 0 {
			common = own
		} else if !c.Step.Floor {
			n := 0
			for n < min(len(own), len(common)) && own[n] == common[n] {
				n++
			}
			more = more || n < max(len(own), len(common))
			common = common[:n]
		}
	}
	switch {
	case more:
		common = append(common[:len(common):len(common)], "...")
	case len(common) == 0:
		return "scenario"
	}
	return strings.Join(common, "/")
}

func latencyTable(cells []stats.Cell, floor stats.Cell) Table {
	components := stats.Components(cells)
	t := Table{
		Title: "Latency" + of(cells[0]) + " on " + Load(cells[0]),
		Columns: []Column{{Name: axes(cells...)}, {Name: "token kind", Wide: true}, {Name: "p50", Numeric: true}, {Name: "p99", Numeric: true},
			{Name: "p99.9", Numeric: true, Wide: true}, {Name: "samples", Numeric: true, Wide: true}},
		Notes: []string{
			"Response time from the planned send time to the last byte, of requests that had to be allowed, with its 95 % confidence interval; " +
				"repetitions are merged as histograms. A dash stands where samples are too few.",
			"Under the name of a server: its CPU time for each request, in us; calls: requests to the issuer for 1,000 requests.",
		},
	}
	for _, name := range components {
		t.Columns = append(t.Columns, Column{Name: name, Numeric: true, Wide: name == stats.Generator, Spare: true})
	}
	t.Columns = append(t.Columns, Column{Name: "calls", Numeric: true, Spare: true}, Column{Name: "verdict"})
	marked := false
	for _, c := range cells {
		_, kind := c.Form()
		row := []string{c.Name(), kind}
		for _, q := range []float64{0.5, 0.99, 0.999} {
			text := within(c, q)
			if near(c, floor, q) && text != "-" {
				text, marked = text+" ^", true
			}
			row = append(row, text)
		}
		row = append(row, Count(c.Response.TotalCount()))
		for _, name := range components {
			row = append(row, orDash(c.CPU(name)))
		}
		_, calls, ok := c.Calls()
		t.Rows = append(t.Rows, Row{append(row, orDash(calls, ok), judged(c)), c.Verdict})
	}
	if marked {
		where := "in the row floor"
		if !slices.ContainsFunc(cells, func(c stats.Cell) bool { return c.Step.Floor }) {
			where = "in the row floor of another table"
		}
		t.Notes = append(t.Notes, "^ Less than ten times what a resource server takes that does nothing, "+where+": "+
			"generator and resource server are a part of the figure that shows.")
	}
	return t
}

// floorOf is the cell on the same target and under the same load whose server does nothing;
// without samples where there is none that is sound. Of whatever family a cell is, what it
// stands on is the same.
func floorOf(of stats.Cell, cells []stats.Cell) stats.Cell {
	load := of.Offered()
	for _, c := range cells {
		o := c.Offered()
		if c.Step.Floor && c.Sound() && c.Step.Target == of.Step.Target && o.Arrivals == load.Arrivals && o.Rate == load.Rate {
			return c
		}
	}
	return stats.Cell{Response: results.NewPacked()}
}

func near(c, floor stats.Cell, q float64) bool {
	return !c.Step.Floor && at(c, q) < 10*at(floor, q)
}

// judged is a cell's verdict, and of how many repetitions it is where some were left out.
func judged(c stats.Cell) string {
	if len(c.LeftOut) == 0 {
		return c.Verdict.String()
	}
	return fmt.Sprintf("%s (%d of %d)", c.Verdict, len(c.Steps), len(c.Steps)+len(c.LeftOut))
}

func loopTable(cells []stats.Cell) Table {
	components := stats.Components(cells)
	t := Table{
		Title:   "Closed loop" + of(cells[0]) + " on " + Load(cells[0]),
		Columns: []Column{{Name: axes(cells...)}, {Name: "token kind", Wide: true}, {Name: "answered/s", Numeric: true}},
		Notes: []string{"Each worker sends when its last request is answered: so many at once get so many answers, and that is no capacity. " +
			"Latency is that of the queue and isn't shown."},
	}
	for _, name := range components {
		t.Columns = append(t.Columns, Column{Name: name, Numeric: true})
	}
	t.Columns = append(t.Columns, Column{Name: "verdict"})
	for _, c := range cells {
		_, kind := c.Form()
		row := []string{c.Name(), kind, orDash(c.Throughput(), len(c.Steps) > 0)}
		for _, name := range components {
			row = append(row, orDash(c.CPU(name)))
		}
		t.Rows = append(t.Rows, Row{append(row, judged(c)), c.Verdict})
	}
	return t
}

func quantile(c stats.Cell, q float64) string { return Nanoseconds(at(c, q)) }

// within writes a quantile with its interval, in the unit of the former: 1.94 ms (1.91 -
// 2.05). It is a dash where samples are too few to say.
func within(c stats.Cell, q float64) string {
	r, ok := c.Interval(q)
	if !ok {
		return "-"
	}
	text := quantile(c, q)
	_, unit, _ := strings.Cut(text, " ")
	scale := map[string]float64{"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[unit]
	return fmt.Sprintf("%s (%s - %s)", text, Figure(r.Low/scale), Figure(r.High/scale))
}

// orDash writes a figure that a record may lack.
func orDash(v float64, ok bool) string {
	if !ok {
		return "-"
	}
	return Figure(v)
}
