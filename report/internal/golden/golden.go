// Package golden holds every report format against a file that it once wrote, for
// tests only: [Sample] is the record that they all render, and [Check] compares what
// a format made of it with the file in its testdata. go test -update writes the file
// anew, to be read before it is committed.
package golden

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

var update = flag.Bool("update", false, "write the golden file anew")

// Sample loads the stored sample record. The test runs in a folder below report.
func Sample(t *testing.T) results.Run {
	t.Helper()
	run, err := results.Load(filepath.Join("..", "..", "results", "testdata", "sample"))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// Document makes the document of a run.
func Document(t *testing.T, run results.Run) report.Document {
	t.Helper()
	doc, err := report.NewDocument(run)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Render is what a format writes of the run.
func Render(t *testing.T, write func(io.Writer, report.Document) error, run results.Run) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := write(&buf, Document(t, run)); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Step is a load step of a target at a rate, with a strategy, and tokens of a form of the
// class.
func Step(target, strategy, form, class string, rate float64) results.Step {
	return results.Step{
		ID: "load/" + strategy + "/" + form + "@" + target, Scenario: "load/" + strategy, Kind: results.KindLoad, Target: target,
		Axes: []results.Axis{{Name: "strategy", Value: strategy}, {Name: "form", Value: form, Class: class}},
		Load: &results.Offered{Arrivals: results.Poisson, Rate: rate},
	}
}

// Check compares with testdata/name.
func Check(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wanted := strings.Split(string(want), "\n")
	for i, line := range strings.Split(string(got), "\n") {
		if i >= len(wanted) || line != wanted[i] {
			t.Fatalf("line %d differs from %s; run go test -update in this folder and read the difference:\n%s", i+1, path, line)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the output ends before %s does", path)
	}
}
