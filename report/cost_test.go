package report

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

// What one core does in a second is known of what one core does alone.
func TestPerSecond(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]bool{
		"sign/ES256/0.6k": true, "limit/sign/ES256/0.6k": true, "lookup/memory/hashed/1k": true,
		"introspect/opaque-43": false, "limit/introspect/opaque-43": false, "store/sqlite/hashed/1k": false, "lookup/redis/plain/1k": false,
	} {
		n, ok := PerSecond(results.Cost{Operation: operation, Median: 50e3})
		if ok != want || ok && n != 20_000 {
			t.Errorf("%s: %v, %v", operation, n, ok)
		}
	}
	if n, _ := PerSecond(results.Cost{Operation: "sign/ML-DSA-44", Tail: true, Median: 50e3, Mean: 100e3}); n != 10_000 {
		t.Errorf("%v a second, want that of the mean", n)
	}
	if _, ok := PerSecond(results.Cost{Operation: "sign/A"}); ok {
		t.Error("a rate of what wasn't measured")
	}
}

func TestRatioThatMayBe1IsMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ratio, low, high float64
		want             string
	}{
		{1.07, 0.9, 1.3, "~1.07x"}, {0.87, 0.6, 1, "~0.870x"}, {1.07, 1.02, 1.1, "1.07x"}, {0.8, 0.7, 0.9, "~0.800x"}, {1.07, 0, 0, "1.07x"}, {1, 1, 1, "1.00x"}, {0, 0, 0, ""},
	} {
		if got := Ratio(results.Cost{Ratio: c.ratio, RatioLow: c.low, RatioHigh: c.high}); got != c.want {
			t.Errorf("%v: %q, want %q", c, got, c.want)
		}
	}
}

func size(operation string, n int, warning string) results.Cost {
	c := results.Cost{Operation: operation, Bytes: n, Untimed: true}
	if warning != "" {
		c.Warnings = []results.Warning{{Code: "header-large", Text: warning}}
	}
	return c
}

// Many sizes that pass one limit are told together, those that pass another by themselves.
func TestEveryHeaderLimitIsTold(t *testing.T) {
	t.Parallel()
	var costs []results.Cost
	for _, form := range []string{"A", "B", "C", "D", "E"} {
		costs = append(costs, size("size/header/"+form+"/claims-64", 9000, "the header line has 9000 bytes, more than 8 kB"),
			size("size/header/"+form+"/claims-256", 17000, "the header line has 17000 bytes, more than 16 kB"))
	}
	var got []string
	for _, c := range costCaveats(costs) {
		got = append(got, c.About+": "+c.Text)
	}
	want := "5 operations, as size/header/A/claims-64: the header line has 9000 bytes, more than 8 kB\n" +
		"5 operations, as size/header/A/claims-256: the header line has 17000 bytes, more than 16 kB"
	if strings.Join(got, "\n") != want {
		t.Errorf("warnings\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// The sizes of a step are no surer than the step.
func TestSizesHaveTheVerdictOfTheirStep(t *testing.T) {
	t.Parallel()
	for v := results.None; v <= results.Error; v++ {
		tables := sizeTables(results.Run{Steps: []results.StepResult{
			{Verdict: v, Costs: []results.Cost{size("size/token/A/claims-8", 500, "")}},
			{Verdict: results.Pass, Costs: []results.Cost{size("size/token/A/claims-64", 900, ""), size("size/token/B/claims-8", 500, "")}},
		}})
		for i, want := range []results.Verdict{v, results.Pass} {
			if row := tables[0].Rows[i]; row.Verdict != want || row.Cells[len(row.Cells)-1] != want.String() {
				t.Errorf("%s: row %q is %s", v, row.Cells, row.Verdict)
			}
		}
	}
}

// With few batches the record has the figures themselves for ends of their intervals. They
// aren't shown: nothing is surer than what was measured least.
func TestNoIntervalIsADash(t *testing.T) {
	t.Parallel()
	few := results.Cost{Operation: "sign/A", Median: 20, Low: 20, High: 20, Mean: 20, MeanLow: 20, MeanHigh: 20, Limit: "limit/sign/A", Ratio: 2, RatioLow: 2, RatioHigh: 2}
	row := costRow(few, results.Cost{Operation: "limit/sign/A", Median: 10}, results.Inconclusive)
	if row.Cells[3] != "-" || row.Cells[6] != "2.00x" || row.Cells[7] != "-" {
		t.Errorf("row %q, want dashes for both intervals", row.Cells)
	}
	if n := breakEvenOf(span{100, 90, 110}, span{1, 1, 1}, spanOf(few)); n.ranged {
		t.Errorf("a range of %s from a time without an interval", n.between(" - "))
	}
}

// What was counted and has no place in the tables of sizes has a row among the others.
func TestNoCountedRowVanishes(t *testing.T) {
	t.Parallel()
	tables := costSection(results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: []results.Cost{
		size("size/token/A/claims-8", 500, ""), size("size/metadata", 700, "")}}}}, nil).Tables
	if len(tables) != 2 || tables[0].Rows[0].Cells[0] != "size/metadata" || tables[0].Rows[0].Cells[1] != "700" || len(tables[0].Rows) != 1 {
		t.Errorf("tables %v", tables)
	}
}

// What another program says has its row, and is no warning about ours.
func TestAnotherProgramHasATable(t *testing.T) {
	t.Parallel()
	other := results.Cost{Operation: "openssl/ecdsap256", Untimed: true, Warnings: []results.Warning{{
		Code: "another-program", Text: "OpenSSL 3.0.19, in a process of its own for 1 s each: 19.23 us to sign, 59.45 us to verify"}}}
	run := results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: []results.Cost{timed("sign/A", 20, 19, 21), other}}}}
	doc, err := NewDocument(run)
	if err != nil {
		t.Fatal(err)
	}
	tables := tablesOf(doc)
	if len(tables) != 2 || len(tables[1].Rows) != 1 || len(doc.Warnings) != 0 {
		t.Fatalf("%d tables and warnings %v, want two tables and no warning", len(tables), doc.Warnings)
	}
	if got := strings.Join(tables[1].Rows[0].Cells, "|"); got != "openssl/ecdsap256|19.23 us to sign, 59.45 us to verify|pass" {
		t.Errorf("row %s", got)
	}
	if got := tables[1].Notes[0]; got != "OpenSSL 3.0.19, in a process of its own for 1 s each." {
		t.Errorf("note %q", got)
	}
}
