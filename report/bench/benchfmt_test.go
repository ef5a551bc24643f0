package bench

import (
	"bytes"
	"math"
	"testing"

	"golang.org/x/perf/benchfmt"
)

// TestBenchfmtReadsIt reads the lines as benchstat does. It needs a build tag as long
// as go.sum lacks go-moremath, which benchfmt's own imports need.
func TestBenchfmtReadsIt(t *testing.T) {
	t.Parallel()
	text := write(t, sample(t))
	want, config := parse(t, text)
	r := benchfmt.NewReader(bytes.NewReader(text), "bench.txt")
	i := 0
	for r.Scan() {
		rec, ok := r.Result().(*benchfmt.Result)
		if !ok {
			t.Errorf("a line is not understood: %v", r.Result())
			continue
		}
		if i >= len(want) {
			t.Fatalf("more than %d results", len(want))
		}
		if got := "Benchmark" + string(rec.Name); got != want[i].name {
			t.Errorf("name %s, want %s", got, want[i].name)
		}
		// The reader turns ns/op into sec/op.
		if v, ok := rec.Value("sec/op"); !ok || math.Abs(v*1e9-want[i].values["ns/op"]) > 1e-3 {
			t.Errorf("%s: %v s/op, want %v ns/op", rec.Name, v, want[i].values["ns/op"])
		}
		if got := rec.GetConfig("cpu"); got != config["cpu"] {
			t.Errorf("cpu %q, want %q", got, config["cpu"])
		}
		i++
	}
	if err := r.Err(); err != nil || i != len(want) {
		t.Errorf("%d results and error %v, want %d", i, err, len(want))
	}
}
