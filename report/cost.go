package report

import (
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// costTable lists the operations. The row of a limit is folded into those that refer
// to it, and stands alone only when none does.
func costTable(run results.Run) *Table {
	t := Table{
		Title: "Cost of one operation in one process",
		Columns: []Column{{Name: "operation"}, {Name: "bytes", Numeric: true}, {Name: "median", Numeric: true}, {Name: "interval", Numeric: true},
			{Name: "limit", Numeric: true}, {Name: "ratio", Numeric: true}, {Name: "allocs", Numeric: true},
			{Name: "alloc bytes", Numeric: true, Wide: true}, {Name: "batches", Numeric: true, Wide: true}, {Name: "verdict"}},
		Notes: []string{"The interval is that of the median; the limit is the bare primitive on the same bytes, measured in the same run. * has a warning."},
	}
	for _, s := range run.Steps {
		medians, referred := map[string]float64{}, map[string]bool{}
		for _, c := range s.Costs {
			medians[c.Operation], referred[c.Limit] = c.Median, true
		}
		for _, c := range s.Costs {
			if c.Limit == "" && referred[c.Operation] {
				continue
			}
			name, limit, ratio := c.Operation, "-", "-"
			if len(c.Warnings) > 0 {
				name += " *"
			}
			if m, ok := medians[c.Limit]; ok {
				limit = Nanoseconds(m)
			}
			if c.Ratio > 0 {
				ratio = Times(c.Ratio)
			}
			t.Rows = append(t.Rows, Row{[]string{
				name, Count(int64(c.Bytes)), Nanoseconds(c.Median), Nanoseconds(c.Low) + " - " + Nanoseconds(c.High),
				limit, ratio, Figure(c.Allocs), Figure(c.AllocB), fmt.Sprintf("%d x %d", c.Batches, c.BatchSize), s.Verdict.String(),
			}, s.Verdict})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

// costAnswer sets the two ways to look at a token side by side: to verify a
// signature, and to hash an identifier for its lookup.
func costAnswer(run results.Run) []string {
	var verify, hash []string
	for _, s := range run.Steps {
		if s.Verdict != results.Pass {
			continue
		}
		for _, c := range s.Costs {
			text := fmt.Sprintf("%s with %s", Nanoseconds(c.Median), c.Operation)
			switch {
			case strings.HasPrefix(c.Operation, "verify/"):
				verify = append(verify, text)
			case strings.HasPrefix(c.Operation, "hash/") && strings.Contains(c.Operation, "/opaque"):
				hash = append(hash, text)
			}
		}
	}
	if len(verify) == 0 || len(hash) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("In one process, verifying a self-contained token takes %s; hashing an opaque one takes %s.",
		strings.Join(verify, ", "), strings.Join(hash, ", "))}
}
