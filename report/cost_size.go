package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// Size is a counted size: what was counted, of a token in which form with how many
// claims.
type Size struct {
	results.Cost
	What   string // token, header, record
	Form   string // opaque, or the algorithm that signs it
	Claims int
	// Verdict is that of the step that counted it.
	Verdict results.Verdict
}

// sizeOf reads what was counted from the operation's name; ok is false of one that isn't
// named so.
func sizeOf(c results.Cost, v results.Verdict) (s Size, ok bool) {
	o := Operation(c.Operation)
	n, err := strconv.Atoi(strings.TrimPrefix(o.Word(2), "claims-"))
	return Size{c, o.Word(0), o.Word(1), n, v}, c.Untimed && err == nil
}

// Sizes lists what a run counted, sorted by what, form and claims.
func Sizes(run results.Run) []Size {
	var out []Size
	for _, s := range run.Steps {
		for _, c := range s.Costs {
			if size, ok := sizeOf(c, s.Verdict); ok {
				out = append(out, size)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Size) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Claims, b.Claims))
	})
	return out
}

// mostClaims is how many numbers of claims a table has columns for.
const mostClaims = 20

// sizeTables has a table for each thing that was counted: a row for each form, and a
// column for each number of claims.
func sizeTables(run results.Run) []Table {
	numbers, left := map[int]bool{}, 0
	byWhat := map[string]map[string]map[int]string{}
	verdicts, marked := map[string]results.Verdict{}, map[string]bool{}
	for _, s := range Sizes(run) {
		if len(numbers) == mostClaims && !numbers[s.Claims] {
			left++
			continue
		}
		numbers[s.Claims] = true
		if byWhat[s.What] == nil {
			byWhat[s.What] = map[string]map[int]string{}
		}
		if byWhat[s.What][s.Form] == nil {
			byWhat[s.What][s.Form] = map[int]string{}
		}
		byWhat[s.What][s.Form][s.Claims] = starred(Count(int64(s.Bytes)), s.Cost)
		row := s.What + "/" + s.Form
		if v, ok := verdicts[row]; !ok || v == results.Pass || s.Verdict > max(v, results.Pass) {
			verdicts[row] = s.Verdict
		}
		marked[s.What] = marked[s.What] || len(s.Warnings) > 0
	}
	claims := sorted(numbers)
	var tables []Table
	for _, what := range sorted(byWhat) {
		t := Table{Title: "Bytes of a " + what, Columns: []Column{{Name: "form"}}}
		for _, n := range claims {
			t.Columns = append(t.Columns, Column{Name: plural(n, "claim"), Numeric: true})
		}
		t.Columns = append(t.Columns, Column{Name: "verdict"})
		for _, form := range sorted(byWhat[what]) {
			cells := []string{form}
			for _, n := range claims {
				cells = append(cells, cmp.Or(byWhat[what][form][n], "-"))
			}
			v := verdicts[what+"/"+form]
			t.Rows = append(t.Rows, Row{append(cells, v.String()), v})
		}
		if marked[what] {
			t.Notes = []string{starNote}
		}
		if left > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("%s of other numbers of claims have no column; the CSV has all.", plural(left, "size")))
		}
		tables = append(tables, t)
	}
	return tables
}

// sorted returns the keys in order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
