package report

import (
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// costTables lists the operations, a table for each family, and then what follows from
// them. The row of a limit is folded into those that refer to it, and stands alone only
// when none does.
func costTables(run results.Run, cells []stats.Cell) []Table {
	var tables []Table
	index := map[string]int{}
	for _, s := range run.Steps {
		limits, referred := map[string]results.Cost{}, map[string]bool{}
		for _, c := range s.Costs {
			limits[c.Operation], referred[c.Limit] = c, true
		}
		for _, c := range s.Costs {
			if c.Untimed || c.Limit == "" && referred[c.Operation] {
				continue
			}
			family := Operation(c.Operation).Family()
			i, ok := index[family]
			if !ok {
				i = len(tables)
				index[family] = i
				tables = append(tables, costTable(family))
			}
			tables[i].Rows = append(tables[i].Rows, costRow(c, limits[c.Limit], s.Verdict))
		}
	}
	slices.SortStableFunc(tables, func(a, b Table) int { return compareFamilies(a.Title, b.Title) })
	for i := range tables {
		tables[i].Title = "Cost in one process: " + tables[i].Title
	}
	if len(tables) > 0 {
		tables[len(tables)-1].Notes = costNotes
	}
	return append(append(tables, sizeTables(run)...), breakEvenTables(run, cells)...)
}

var costNotes = []string{"Time of one operation with its interval, and how often one core does it in a second. " +
	"The limit is the bare primitive on the same bytes, measured in the same run; the ratio's interval is from times at which both were measured. " +
	"* has a warning; the time is the median of ten parts of the measurement, or the mean of all of it where slow passes are part of the operation."}

func costTable(family string) Table {
	return Table{
		Title: family,
		Columns: []Column{{Name: "operation"}, {Name: "bytes", Numeric: true}, {Name: "time", Numeric: true}, {Name: "interval", Numeric: true}, {Name: "per s and core", Numeric: true},
			{Name: "limit", Numeric: true}, {Name: "ratio", Numeric: true}, {Name: "ratio's interval", Numeric: true, Wide: true}, {Name: "allocs", Numeric: true},
			{Name: "alloc bytes", Numeric: true, Wide: true}, {Name: "batches", Numeric: true, Wide: true}, {Name: "verdict"}},
	}
}

func costRow(c, limit results.Cost, v results.Verdict) Row {
	name := c.Operation
	if c.Tail {
		name += " (mean)"
	}
	time, interval, rate := "-", "-", "-"
	if center, low, high := c.Figure(); center > 0 {
		time, rate = Nanoseconds(center), Figure(1e9/center)
		if c.Level > 0 {
			interval = Nanoseconds(low) + " - " + Nanoseconds(high)
		}
	}
	least, ratio, within := "-", "-", "-"
	if center, _, _ := limit.Figure(); center > 0 {
		least = Nanoseconds(center)
	}
	if c.Ratio > 0 {
		ratio = Times(c.Ratio)
	}
	if c.RatioLow > 0 {
		within = Times(c.RatioLow) + " - " + Times(c.RatioHigh)
	}
	return Row{[]string{
		starred(name, c), Count(int64(c.Bytes)), time, interval, rate, least, ratio, within,
		Figure(c.Allocs), Figure(c.AllocB), fmt.Sprintf("%d x %d", c.Batches, c.BatchSize), v.String(),
	}, v}
}

func starred(text string, c results.Cost) string {
	if len(c.Warnings) > 0 {
		text += " *"
	}
	return text
}

// manyAlike is how many rows with the same warning are told one by one.
const manyAlike = 4

// costCaveats lists the warnings of the rows. Where many rows have the same, they are
// told together, with the first as an example; the tables mark each.
func costCaveats(costs []results.Cost) []Caveat {
	number := map[string]int{}
	for _, c := range costs {
		for _, w := range c.Warnings {
			number[w.Code]++
		}
	}
	var out []Caveat
	told := map[string]bool{}
	for _, c := range costs {
		for _, w := range c.Warnings {
			switch n := number[w.Code]; {
			case n <= manyAlike:
				out = append(out, Caveat{c.Operation, w})
			case !told[w.Code]:
				told[w.Code] = true
				out = append(out, Caveat{fmt.Sprintf("%d operations, as %s", n, c.Operation), w})
			}
		}
	}
	return out
}
