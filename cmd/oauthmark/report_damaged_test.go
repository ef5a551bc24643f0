package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// A record that no run wrote is bad usage, in one line, before a byte is written.
func TestDamagedRecords(t *testing.T) {
	t.Parallel()
	other := func(low, high int64, digits int, value int64) results.Histogram {
		h := hdrhistogram.New(low, high, digits)
		if err := h.RecordValue(value); err != nil {
			t.Fatal(err)
		}
		return results.EncodeHistogram(h)
	}
	for _, tt := range []struct {
		name  string
		spoil func(*results.Run)
		text  func(string) string // of the record, where the type has no such value
		want  string
	}{
		{"a histogram from 0", func(r *results.Run) { r.Steps[0].Series.Response = other(0, results.HighestLatency, 3, 0) }, nil, "reaches from 1 to"},
		{"a huge histogram", func(r *results.Run) { r.Steps[0].Series.Service = other(1, 1<<62, 5, 7) }, nil, "with 5 digits"},
		{"no time at all", func(r *results.Run) {
			r.Steps[0].Series.Lateness = other(results.LowestLatency, results.HighestLatency, 3, 0)
		}, nil, "no time at all"},
		{"figures of other buckets", func(r *results.Run) { r.Steps[0].Series.Response.P99 = 1 }, nil, "p99"},
		{"a rate of 1e308", func(r *results.Run) { r.Steps[0].Step.Load.Rate = 1e308 }, nil, "steps: 0: load: rate: 1e+308 is out of range"},
		{"a rate of 1e309", nil, func(s string) string { return strings.Replace(s, `"rate": 400`, `"rate": 1e309`, 1) }, "cannot unmarshal"},
		{"a figure of 1e308", func(r *results.Run) { r.Steps[0].Figures = []results.Figure{{Name: "x", Value: 1e308}} }, nil, "figures: 0: value"},
		{"fewer than none", func(r *results.Run) { r.Steps[0].Series.Sent = -5 }, nil, "sent: -5"},
		{"more than there is", func(r *results.Run) { r.Steps[0].Series.Counters[0].Count = 1 << 62 }, nil, "count"},
		{"an age", func(r *results.Run) { r.Steps[0].Elapsed = results.Duration(100 * 365 * 24 * time.Hour) }, nil, "elapsed"},
		{"a long text", func(r *results.Run) { r.Steps[0].Reason = strings.Repeat("x", 2<<20) }, nil, "reason: it has 2097152 bytes"},
		{"a long list", nil, func(s string) string {
			return strings.Replace(s, `"verdict": "pass"`, `"verdict": "pass", "skipped": [{}`+strings.Repeat(",{}", 100_000)+`]`, 1)
		}, "skipped: it has 100001 members"},
		{"no id", func(r *results.Run) { r.ID = "" }, nil, "it has no id"},
		{"a step without id", func(r *results.Run) { r.Steps[0].Step.ID = "" }, nil, "a step has no id"},
		{"a plan without id", func(r *results.Run) { r.Plan.Steps[0].ID = "" }, nil, "a planned step has no id"},
		{"load on nothing", func(r *results.Run) { r.Steps[0].Step.Target = "" }, nil, "no target"},
		{"a finding of nothing", func(r *results.Run) { r.Steps[0].Findings = []results.Finding{{}} }, nil, "no check"},
		{"a cost of nothing", func(r *results.Run) { r.Steps[0].Costs = []results.Cost{{}} }, nil, "no operation"},
		{"a figure of nothing", func(r *results.Run) { r.Steps[0].Figures = []results.Figure{{}} }, nil, "without a name"},
		{"many names", func(r *results.Run) {
			for i := range 300 {
				r.Steps[0].Step.Axes = append(r.Steps[0].Step.Axes, results.Axis{Name: strings.Repeat("a", i+1)})
			}
		}, nil, "kinds of axes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			record := large(2, func(i int) results.StepResult { return loaded("t", "local", "ES256", "self-contained", 400, i+1) })
			if tt.spoil != nil {
				tt.spoil(&record)
			}
			raw, err := results.Marshal(record)
			if err != nil {
				t.Fatal(err)
			}
			if tt.text != nil {
				raw = []byte(tt.text(string(raw)))
			}
			file := filepath.Join(t.TempDir(), results.RunFile)
			if err := os.WriteFile(file, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, file, tt.want)
		})
	}
	t.Run("endless", func(t *testing.T) {
		t.Parallel()
		if _, err := os.Stat("/dev/zero"); err != nil {
			t.Skip("this system has no /dev/zero")
		}
		refused(t, "/dev/zero", "more than 268435456 bytes")
	})
}

// refused wants the record refused by every format.
func refused(t *testing.T, file, want string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"report", file, "--format", strings.Join(formatNames(), ","), "--out", out}, stdio{nil, &stdout, &stderr})
	if code != exitUsage || !strings.Contains(stderr.String(), want) || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("exit code %d, said %.300q; want 2 and %q", code, stderr.String(), want)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) || stdout.Len() > 0 {
		t.Errorf("something was written: %v, %.300q", err, stdout.String())
	}
}

// A panic in a format is this program's failure, wherever it runs, and nothing is written.
func TestPanicInReport(t *testing.T) {
	t.Parallel()
	defer func() {
		if cause := recover(); cause == nil || !strings.Contains(cause.(string), "a defect") || !strings.Contains(cause.(string), "report_damaged_test.go") {
			t.Errorf("recovered %v, want the defect and where it is", cause)
		}
	}()
	t.Error(heed(t.Context(), func() error { panic("a defect") }))
}

// A name in a record names no file outside the folder, and none that can't be.
func TestNamesOfFiles(t *testing.T) {
	t.Parallel()
	record := large(3, func(i int) results.StepResult {
		return loaded([]string{"../../x", "a", strings.Repeat("y", 5000)}[i], "local", "ES256", "self-contained", 1e-15, 1)
	})
	folder, err := results.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Save(record); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	var said bytes.Buffer
	if code := run(t.Context(), []string{"report", folder.Dir(), "--out", out}, stdio{nil, &said, &said}); code != exitPass {
		t.Fatalf("exit code %d: %s", code, said.String())
	}
	var plots []string
	if err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() && strings.HasSuffix(path, ".svg") {
			plots = append(plots, path)
		}
		return err
	}); err != nil || len(plots) != 3 {
		t.Errorf("plots %q, error %v: want three", plots, err)
	}
}
