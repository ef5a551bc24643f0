package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

var keep = flag.String("keep", "", "write the pictures of the sample to this folder, to look at them")

func files(t *testing.T, run results.Run) map[string][]byte {
	t.Helper()
	out, err := Files(golden.Document(t, run))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// drawings are the SVG pictures alone, by file name: a PNG takes far longer to draw.
func drawings(t *testing.T, run results.Run) map[string][]byte {
	t.Helper()
	figures, err := Figures(golden.Document(t, run))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range figures {
		out[f.Name+".svg"] = f.SVG
	}
	return out
}

func TestFiles(t *testing.T) {
	t.Parallel()
	got := files(t, golden.Sample(t))
	if *keep != "" {
		for name, data := range got {
			if err := os.WriteFile(filepath.Join(*keep, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	again := drawings(t, golden.Sample(t))
	for _, name := range []string{"spectrum-reference-200-poisson", "cost", "size"} {
		if words(t, got[name+".svg"]) == "" {
			t.Errorf("%s.svg has no words", name)
		}
		img, err := png.Decode(bytes.NewReader(got[name+".png"]))
		if err != nil {
			t.Fatalf("%s.png: %v", name, err)
		}
		if b := img.Bounds(); b.Dx() < 1200 || b.Dy() < 400 {
			t.Errorf("%s.png is %v, want something to show around", name, b)
		}
		if !bytes.Equal(got[name+".svg"], again[name+".svg"]) {
			t.Errorf("%s: two drawings of one run differ", name)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d files, want 8: closed arrivals have no spectrum", len(got))
	}
}

// words returns the text in an SVG, which must be well formed and refer to nothing
// outside itself.
func words(t *testing.T, svg []byte) string {
	t.Helper()
	var out []string
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return strings.Join(out, "\n")
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			if s := strings.TrimSpace(string(tok)); s != "" {
				out = append(out, s)
			}
		case xml.StartElement:
			if n := tok.Name.Local; n == "script" || n == "image" || n == "use" || n == "forged" {
				t.Errorf("the picture has an element %s", n)
			}
		}
	}
}

func TestSpectrumSaysWhatItShows(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	for i, s := range run.Steps {
		if s.Step.Label() == "introspect/ES256" {
			run.Steps[i].Verdict, run.Steps[i].Disturbed = results.Inconclusive, true
		}
	}
	got := words(t, drawings(t, run)["spectrum-reference-200-poisson.svg"])
	for _, want := range []string{
		"opaque against self-contained tokens", "200 requests/s", "4,000 samples a line", "reference v0.1.0 (process)", "99.9 %",
		"local/ES256", "introspect-cached/opaque", "introspect/ES256", "inconclusive", "718 us", "run 20260115-093000-sample",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the picture:\n%s", want, got)
		}
	}
	// The inconclusive cell has a p99 of 37.8 ms, which is never quoted without its mark.
	if strings.Contains(got, "37.8 ms") {
		t.Error("a figure of an inconclusive cell is quoted")
	}
}

func TestCostSaysWhatItShows(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	got := words(t, drawings(t, run)["cost.svg"])
	for _, want := range []string{"verify/ES256", "71.9 us  (1.24x the limit)", "1.03 ms  (1.02x the limit) *", "hash/SHA-256/opaque-43"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the picture:\n%s", want, got)
		}
	}
	if strings.Contains(got, "limit/sign") {
		t.Error("a limit has a bar of its own")
	}
	for i := range run.Steps {
		run.Steps[i].Verdict = results.Inconclusive
	}
	if got := words(t, drawings(t, run)["cost.svg"]); strings.Contains(got, "71.9 us") || !strings.Contains(got, "inconclusive") {
		t.Error("figures of an inconclusive step are quoted")
	}
}

// With many operations a picture has a part of them, and says so.
func TestManyOperationsAreDrawnByGroup(t *testing.T) {
	t.Parallel()
	var costs []results.Cost
	for _, family := range []string{"sign", "verify", "hash", "encrypt"} {
		for i := range 17 {
			for j, size := range []string{"0.6k", "8k"} {
				costs = append(costs, results.Cost{Operation: fmt.Sprintf("%s/A%02d/%s", family, i, size), Bytes: 600 + 7400*j, Median: 1e4, Low: 0.9e4, High: 1.1e4})
			}
		}
	}
	got := drawings(t, results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: costs}}})
	for name, want := range map[string]string{"cost.svg": "verify/A16/0.6k", "cost-encryption.svg": "encrypt/A03/0.6k", "cost-other.svg": "hash/A00/0.6k"} {
		text := words(t, got[name])
		if !strings.Contains(text, want) || strings.Contains(text, "/8k") || !strings.Contains(text, "operations, each with its usual input") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d pictures, want 3", len(got))
	}
}

// A picture of many operations has the stores and digests of the usual way, not those
// that come first by name, and a ratio that may be 1 has its mark.
func TestUsualOperationsAreDrawn(t *testing.T) {
	t.Parallel()
	var costs []results.Cost
	for i := range 17 {
		inputs := []string{"encrypted/100k", "hashed/100k"}
		if i > 9 {
			inputs = []string{"opaque-36", "opaque-43"}
		}
		for _, input := range inputs {
			costs = append(costs, results.Cost{Operation: fmt.Sprintf("lookup/A%02d/%s", i, input), Bytes: 43, Median: 1e4, Ratio: 1.1, RatioLow: 0.9, RatioHigh: 1.3})
		}
	}
	text := words(t, drawings(t, results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: costs}}})["cost-other.svg"])
	for _, want := range []string{"lookup/A00/hashed/100k", "lookup/A12/opaque-43", "(~1.10x the limit)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the picture:\n%s", want, text)
		}
	}
	for _, not := range []string{"encrypted", "opaque-36"} {
		if strings.Contains(text, not) {
			t.Errorf("%q in the picture", not)
		}
	}
}

// A bar that isn't there is told: an interrupted run has operations without a figure.
func TestUnmeasuredOperationsAreCounted(t *testing.T) {
	t.Parallel()
	costs := []results.Cost{{Operation: "sign/A", Median: 1e4}, {Operation: "sign/B"}, {Operation: "limit/sign/B"}, {Operation: "size/x", Untimed: true}}
	text := words(t, drawings(t, results.Run{Steps: []results.StepResult{{Costs: costs}}})["cost.svg"])
	if !strings.Contains(text, "without a figure, 1.") {
		t.Errorf("no word of sign/B in\n%s", text)
	}
}

// With few batches there is no interval, and no whisker at the axis stands for one.
func TestNoIntervalNoWhisker(t *testing.T) {
	t.Parallel()
	lines := func(c results.Cost) int {
		run := results.Run{Steps: []results.StepResult{{Verdict: results.Pass, Costs: []results.Cost{c}}}}
		return bytes.Count(drawings(t, run)["cost.svg"], []byte(`style="fill:none;stroke:#1F2328`))
	}
	with := lines(results.Cost{Operation: "sign/A", Median: 1e4, Low: 0.9e4, High: 1.1e4, Level: 0.95})
	if without := lines(results.Cost{Operation: "sign/A", Median: 1e4, Low: 1e4, High: 1e4}); with-without != 3 {
		t.Errorf("%d lines with an interval, %d without, want 3 fewer", with, without)
	}
}

func TestSizeSaysWhatItShows(t *testing.T) {
	t.Parallel()
	run := golden.Sample(t)
	got := words(t, drawings(t, run)["size.svg"])
	for _, want := range []string{"4,710", "612", "opaque", "8, 64 claims", "4 kB"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the picture:\n%s", want, got)
		}
	}
	if strings.Contains(got, "not to be compared") {
		t.Error("sizes of a sound step are called into doubt")
	}
	for i := range run.Steps {
		run.Steps[i].Verdict = results.Inconclusive
	}
	if got := words(t, drawings(t, run)["size.svg"]); !strings.Contains(got, "Grey: not to be compared.") {
		t.Errorf("sizes of an inconclusive step have no mark:\n%s", got)
	}
}

func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]results.Run{
		"no steps":   {},
		"no samples": {Steps: []results.StepResult{{Step: results.Step{Kind: results.KindLoad}, Series: &results.Series{}}}},
		"no costs":   {Steps: []results.StepResult{{Costs: []results.Cost{{Operation: "limit/x", Median: 1}, {Operation: "x"}}}}},
	} {
		if got := drawings(t, run); len(got) > 0 {
			t.Errorf("%s: %d pictures, want none", name, len(got))
		}
	}
}

// One sample, one value, unknown kinds, names that are markup: it draws all the same.
func TestExtremes(t *testing.T) {
	t.Parallel()
	load := func(target string, latencies ...int64) results.StepResult {
		h := results.NewHistogram()
		for _, ns := range latencies {
			if err := h.RecordValue(ns); err != nil {
				t.Fatal(err)
			}
		}
		return results.StepResult{Verdict: results.Pass, Step: golden.Step(target, "<forged/>\x00", "&\x1b", "", 1),
			Series: &results.Series{Response: results.EncodeHistogram(h)}}
	}
	whole := results.Run{Steps: []results.StepResult{load("a", 1000, 120e9)}}
	for i := range 12 { // more cells than colours
		s := load("a", 1e6)
		s.Step = golden.Step("a", "local", strings.Repeat("x", i+1), "self-contained", 1)
		whole.Steps = append(whole.Steps, s)
	}
	for name, run := range map[string]results.Run{
		"one sample":  {Steps: []results.StepResult{load("../../x", 1e6)}},
		"same slug":   {Steps: []results.StepResult{load("a b", 1e6), load("a-b", 2e6)}},
		"whole range": whole,
	} {
		for file, data := range drawings(t, run) {
			if strings.ContainsAny(file, "/\\ ") {
				t.Errorf("%s: file name %q", name, file)
			}
			if words(t, data) == "" {
				t.Errorf("%s: %s has no words", name, file)
			}
		}
	}
	if n := len(drawings(t, results.Run{Steps: []results.StepResult{load("a b", 1e6), load("a-b", 2e6)}})); n != 2 {
		t.Errorf("%d pictures of two targets, want 2", n)
	}
}

// However much a record has, a picture stays one that can be drawn and looked at.
func TestPicturesAreBounded(t *testing.T) {
	t.Parallel()
	h := results.NewHistogram()
	results.Record(h, 1e6)
	cost := results.StepResult{Verdict: results.Pass}
	run := results.Run{}
	for i := range 500 {
		cost.Costs = append(cost.Costs, results.Cost{Operation: fmt.Sprintf("sign/A%d/x", i), Bytes: 5, Median: 1e4},
			results.Cost{Operation: fmt.Sprintf("size/token/F%d/claims-8", i), Bytes: 500, Untimed: true})
		run.Steps = append(run.Steps, results.StepResult{Verdict: results.Pass, Step: golden.Step("a", "local", fmt.Sprint("f", i), "opaque", 1),
			Series: &results.Series{Response: results.EncodeHistogram(h)}})
	}
	run.Steps = append(run.Steps, cost)
	got := drawings(t, run)
	for name, want := range map[string]string{
		"spectrum-a-1-poisson.svg": "Not drawn: 460 cells", "cost.svg": "150 of 500 operations", "size.svg": "Not drawn: 400 forms",
	} {
		if text := words(t, got[name]); !strings.Contains(text, want) {
			t.Errorf("%s: no %q in\n%.500s", name, want, text)
		}
	}
}

// An axis ends, whatever it has to hold.
func TestAxesEnd(t *testing.T) {
	t.Parallel()
	for _, low := range []float64{math.NaN(), math.Inf(-1), -1, 0, 5e-324, 1, 1e308, math.Inf(1)} {
		for _, high := range []float64{math.NaN(), -1, 0, 1, 1e308, math.Inf(1)} {
			for _, steps := range [][]float64{logSteps(low, high), powers(low, high)} {
				if len(steps) < 2 || len(steps) > 200 || !(steps[0] > 0) {
					t.Errorf("%g to %g: %d steps from %g", low, high, len(steps), steps[0])
				}
			}
		}
	}
}
