package bench

import (
	"strconv"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

func write(t *testing.T, run results.Run) []byte { return golden.Render(t, Write, run) }

func TestGolden(t *testing.T) {
	golden.Check(t, "bench.txt", write(t, golden.Sample(t)))
}

// line is one line of the format: a name, iterations, and values with their units
// (golang.org/design/14313-benchmark-format).
type line struct {
	name   string
	values map[string]float64
}

// parse is strict: a line is a result, a "key: value" or a comment, and nothing else.
func parse(t *testing.T, text []byte) (lines []line, config map[string]string) {
	t.Helper()
	config = map[string]string{}
	for s := range strings.Lines(string(text)) {
		s = strings.TrimSuffix(s, "\n")
		if strings.HasPrefix(s, "# ") || s == "Unit size-bytes assume=exact" {
			continue
		}
		fields := strings.Fields(s)
		if len(fields) == 0 || !strings.HasPrefix(fields[0], "Benchmark") {
			key, value, ok := strings.Cut(s, ": ")
			if !ok || key != strings.ToLower(key) || strings.ContainsAny(key, " \t") {
				t.Errorf("neither result nor configuration: %q", s)
			}
			config[key] = value
			continue
		}
		l := line{fields[0], map[string]float64{}}
		if n, err := strconv.Atoi(fields[1]); err != nil || n < 1 || len(fields)%2 != 0 {
			t.Errorf("not iterations and pairs of value and unit: %q", s)
			continue
		}
		for i := 2; i < len(fields); i += 2 {
			v, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				t.Errorf("%q: %v", s, err)
			}
			l.values[fields[i+1]] = v
		}
		lines = append(lines, l)
	}
	return lines, config
}

func TestLines(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	got, config := parse(t, write(t, run))
	if config["cpu"] != run.Provenance.CPU || config["goos"] != run.Provenance.OS {
		t.Errorf("configuration %v, want that of the provenance", config)
	}
	i := 0
	next := func(id string) line {
		if i++; i > len(got) {
			t.Fatalf("%d lines, none for %s", len(got), id)
		}
		return got[i-1]
	}
	for _, s := range run.Steps {
		if s.Series != nil {
			l := next(s.Step.ID)
			want := "BenchmarkLoad"
			if len(s.Figures) > 0 {
				want = "BenchmarkRevocation"
			}
			if !strings.HasPrefix(l.name, want+"/strategy="+s.Step.Axis("strategy").Value+part("form", s.Step.Axis("form").Value)+"/target=reference/") {
				t.Errorf("%s: name %s", s.Step.ID, l.name)
			}
			if l.values["p99-ns"] != float64(s.Series.Response.P99) || l.values["ns/op"] != s.Series.Response.Mean {
				t.Errorf("%s: values %v", s.Step.ID, l.values)
			}
			for _, f := range s.Figures {
				if got := l.values[strings.ReplaceAll(strings.TrimSpace(f.Name+" "+f.Unit), " ", "-")]; got != f.Value {
					t.Errorf("%s: %s is %v", s.Step.ID, f.Name, got)
				}
			}
			if marked := strings.Contains(l.name, "/verdict="); marked != (s.Verdict != results.Pass) {
				t.Errorf("%s: name %s for the verdict %s", s.Step.ID, l.name, s.Verdict)
			}
		}
		for _, c := range s.Costs {
			if c.Untimed {
				if l := next(c.Operation); l.values["size-bytes"] != float64(c.Bytes) || len(l.values) != 1 {
					t.Errorf("%s: values %v", c.Operation, l.values)
				}
				continue
			}
			for _, ns := range c.Epochs {
				if l := next(c.Operation); l.values["ns/op"] != ns || l.values["allocs/op"] != c.Allocs {
					t.Errorf("%s: values %v", c.Operation, l.values)
				}
			}
		}
	}
	if i != len(got) {
		t.Errorf("%d lines, want %d", len(got), i)
	}
}

// A name is one word of keys and values, and no part of it reads as GOMAXPROCS.
func TestNames(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	run.Provenance.CPU = "two\nBenchmarkFake 1 1 ns/op"
	run.Steps[0].Step.Target = "a b/c\nBenchmarkFake 1 1 ns/op-8"
	run.Steps[0].Step.Load = nil
	got, _ := parse(t, write(t, run))
	if all, _ := parse(t, write(t, golden.Sample(t))); len(got) != len(all) {
		t.Errorf("%d lines, want %d: one was smuggled in", len(got), len(all))
	}
	for _, l := range got {
		parts := strings.Split(l.name, "/")
		for _, p := range parts[1:] {
			if !strings.Contains(p, "=") {
				t.Errorf("%s: part %q is no key and value", l.name, p)
			}
		}
		last := parts[len(parts)-1]
		if j := strings.LastIndexByte(last, '-'); j >= 0 {
			if _, err := strconv.Atoi(last[j+1:]); err == nil {
				t.Errorf("%s ends in what reads as GOMAXPROCS", l.name)
			}
		}
	}
}

// A record of an older version has no epochs, and what wasn't measured has no line.
func TestCostsWithoutEpochs(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: []results.Cost{
		{Operation: "sign/A", Bytes: 5, Batches: 10, BatchSize: 7, Median: 12, Mean: 15}, {Operation: "sign/B"},
		{Operation: "sign/C", Tail: true, Median: 12, Mean: 15},
	}}}}
	got, _ := parse(t, write(t, run))
	if len(got) != 2 || got[0].values["ns/op"] != 12 || got[1].values["ns/op"] != 15 {
		t.Errorf("lines %v", got)
	}
}

func TestNoSamplesNoLine(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{{Step: results.Step{ID: "x", Kind: results.KindLoad}, Series: &results.Series{}}}}
	if got, _ := parse(t, write(t, run)); len(got) != 0 {
		t.Errorf("%d lines for a step without a sample, want none", len(got))
	}
}

// What has no line is told in a comment: a file without it would read as if all had run.
func TestAbsenceIsAComment(t *testing.T) {
	t.Parallel()
	run := results.Run{Steps: []results.StepResult{
		{Step: results.Step{ID: "load/local", Kind: results.KindLoad}, Verdict: results.Inconclusive, Reason: "never ready"},
		{Step: results.Step{ID: "cost", Scenario: "cost", Kind: results.KindCost}, Verdict: results.Inconclusive, Costs: []results.Cost{{Operation: "sign/A"}},
			Skipped: []results.Skip{{ID: "cost/store/redis/plain/1k", Kind: results.NotRun, Reason: "no\nBenchmarkFake 1 1 ns/op"}}},
	}}
	text := write(t, run)
	if got, _ := parse(t, text); len(got) != 0 {
		t.Errorf("lines %v, want none", got)
	}
	for _, want := range []string{
		"# no figure: load/local, inconclusive: never ready\n", "# no figure: sign/A\n", "# not run: no BenchmarkFake 1 1 ns/op: cost/store/redis/plain/1k\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// What another program says is neither a size nor samples.
func TestAnotherProgramIsAComment(t *testing.T) {
	t.Parallel()
	text := write(t, results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: []results.Cost{
		{Operation: "openssl/sha256", Bytes: 1024, Untimed: true, Warnings: []results.Warning{{Code: "another-program", Text: "OpenSSL: 710 ns for 1024 bytes"}}}}}}})
	if got, _ := parse(t, text); len(got) != 0 || !strings.Contains(string(text), "# openssl/sha256: OpenSSL: 710 ns for 1024 bytes\n") {
		t.Errorf("%s", text)
	}
}
