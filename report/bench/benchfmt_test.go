package bench

import (
	"bytes"
	"maps"
	"math"
	"testing"

	"golang.org/x/perf/benchfmt"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

// TestBenchfmtReadsIt reads the lines as benchstat does.
func TestBenchfmtReadsIt(t *testing.T) {
	t.Parallel()
	text := write(t, golden.Sample(t))
	want, config := parse(t, text)
	r := benchfmt.NewReader(bytes.NewReader(text), "bench.txt")
	i := 0
	for r.Scan() {
		if unit, ok := r.Result().(*benchfmt.UnitMetadata); ok && unit.Unit == "size-bytes" {
			continue
		}
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
		if size, counted := want[i].values["size-bytes"]; counted {
			if v, ok := rec.Value("size-bytes"); !ok || v != size {
				t.Errorf("%s: %v bytes, want %v", rec.Name, v, size)
			}
		} else if v, ok := rec.Value("sec/op"); !ok || math.Abs(v*1e9-want[i].values["ns/op"]) > 1e-3 {
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

// Benchstat puts results side by side only where the whole configuration is equal,
// which for two runs on one machine it must be, also when the program changed between.
func TestRunsAreComparable(t *testing.T) {
	t.Parallel()
	configuration := func(run results.Run) map[string]string {
		r := benchfmt.NewReader(bytes.NewReader(write(t, run)), "bench.txt")
		if !r.Scan() {
			t.Fatalf("no result: %v", r.Err())
		}
		rec, ok := r.Result().(*benchfmt.Result)
		if !ok {
			t.Fatalf("the first line is not understood: %v", r.Result())
		}
		all := map[string]string{}
		for _, c := range rec.Config {
			if c.File {
				all[c.Key] = string(c.Value)
			}
		}
		return all
	}
	base, candidate := golden.Sample(t), golden.Sample(t)
	candidate.ID, candidate.Provenance.Tool = "another-run", "v0.2.0"
	if a, b := configuration(base), configuration(candidate); !maps.Equal(a, b) {
		t.Errorf("two runs on one machine are configured as %v and %v", a, b)
	}
}
