package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// costSection lists the operations, a table for each family, and then what follows from
// them. The row of a limit is folded into those that refer to it, and stands alone only
// when none does.
func costSection(run results.Run, cells []stats.Cell) Section {
	var tables []Table
	index := map[string]int{}
	for _, s := range run.Steps {
		limits, referred := map[string]results.Cost{}, map[string]bool{}
		for _, c := range s.Costs {
			limits[c.Operation], referred[c.Limit] = c, true
		}
		for _, c := range s.Costs {
			// What has a table of its own.
			_, size := sizeOf(c, s.Verdict)
			_, other := AnotherProgram(c)
			if size || other || c.Limit == "" && referred[c.Operation] {
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
		tables[len(tables)-1].Notes = []string{costNote(run)}
	}
	return Section{Tables: slices.Concat(tables, otherTables(run), sizeTables(run), breakEvenTables(run, cells))}
}

const starNote = "* has a warning."

// costNote says what the columns mean, and of how much confidence the intervals are.
func costNote(run results.Run) string {
	var levels []string
	named := map[string]bool{}
	for _, s := range run.Steps {
		for _, c := range s.Costs {
			if level := strconv.FormatFloat(100*c.Level, 'g', 4, 64) + " %"; c.Level > 0 && !named[level] {
				named[level], levels = true, append(levels, level)
			}
		}
	}
	interval := "its confidence interval"
	if len(levels) > 0 {
		interval += " (" + strings.Join(levels, ", ") + ")"
	}
	return "Time of one operation with " + interval + ", and how often one core does it in a second, unless it waits for a disk or for others. " +
		"The limit is the bare primitive on the same bytes, measured in the same run; the ratio's interval is from times at which both were measured, " +
		"and ~ says that it holds 1 or lies below, as noise does: the two can't be told apart. " + starNote + " " +
		"The time is the median of up to ten parts of the measurement, or the mean of all of it where slow passes are part of the operation."
}

func costTable(family string) Table {
	return Table{
		Title: family,
		Columns: []Column{{Name: "operation"}, {Name: "bytes", Numeric: true, Spare: true}, {Name: "time", Numeric: true}, {Name: "interval", Numeric: true}, {Name: "per s/core", Numeric: true},
			{Name: "limit", Numeric: true}, {Name: "ratio", Numeric: true}, {Name: "ratio's interval", Numeric: true, Wide: true}, {Name: "allocs", Numeric: true, Spare: true},
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
		time = Nanoseconds(center)
		if c.Level > 0 {
			interval = Nanoseconds(low) + " - " + Nanoseconds(high)
		}
	}
	if n, ok := PerSecond(c); ok {
		rate = Figure(n)
	}
	least, within := "-", "-"
	if center, _, _ := limit.Figure(); center > 0 {
		least = Nanoseconds(center)
	}
	if RatioHasInterval(c) {
		within = Times(c.RatioLow) + " - " + Times(c.RatioHigh)
	}
	return Row{[]string{
		starred(name, c), Count(int64(c.Bytes)), time, interval, rate, least, cmp.Or(Ratio(c), "-"), within,
		Figure(c.Allocs), Figure(c.AllocB), fmt.Sprintf("%d x %d", c.Batches, c.BatchSize), v.String(),
	}, v}
}

// PerSecond is how often one core does the operation in a second; ok is false where that
// isn't known: what waits for a disk or for another end leaves its core to others.
func PerSecond(c results.Cost) (n float64, ok bool) {
	center, _, _ := c.Figure()
	if center <= 0 || c.Untimed || Operation(c.Operation).waits() {
		return 0, false
	}
	return 1e9 / center, true
}

// Ratio writes how far the operation is from its limit, with ~ before it where the
// interval holds 1 or lies below, which is noise as no operation does less than its limit;
// it is empty where there is none.
func Ratio(c results.Cost) string {
	switch {
	case c.Ratio <= 0:
		return ""
	case RatioHasInterval(c) && c.RatioLow <= 1:
		return "~" + Times(c.Ratio)
	}
	return Times(c.Ratio)
}

// RatioHasInterval reports whether the ratio's interval is one: with few batches there
// is none, and its ends are then the ratio itself.
func RatioHasInterval(c results.Cost) bool { return c.RatioLow > 0 && c.RatioLow < c.RatioHigh }

func starred(text string, c results.Cost) string {
	if len(c.Warnings) > 0 {
		text += " *"
	}
	return text
}

// manyAlike is how many rows with the same warning are told one by one.
const manyAlike = 4

// sameWarning is what warnings have in common that are told together. Those of times
// differ in their figures; those of counted sizes in the size alone, so that one that
// passes 4 kB isn't told as one that passes 16 kB.
func sameWarning(c results.Cost, w results.Warning) string {
	if !c.Untimed {
		return w.Code
	}
	return w.Code + " " + strings.ReplaceAll(w.Text, strconv.Itoa(c.Bytes), "")
}

// costCaveats lists the warnings of the rows. Where many rows have the same, they are
// told together, with the first as an example; the tables mark each.
func costCaveats(costs []results.Cost) []Caveat {
	number := map[string]int{}
	for _, c := range costs {
		for _, w := range c.Warnings {
			number[sameWarning(c, w)]++
		}
	}
	var out []Caveat
	told := map[string]bool{}
	for _, c := range costs {
		if _, ok := AnotherProgram(c); ok {
			continue // its warning is its row
		}
		for _, w := range c.Warnings {
			switch n := number[sameWarning(c, w)]; {
			case n <= manyAlike:
				out = append(out, Caveat{c.Operation, w})
			case !told[sameWarning(c, w)]:
				told[sameWarning(c, w)] = true
				out = append(out, Caveat{fmt.Sprintf("%d operations, as %s", n, c.Operation), w})
			}
		}
	}
	return out
}
