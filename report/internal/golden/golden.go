// Package golden holds every report format against a file that it once wrote, for
// tests only: [Sample] is the record that they all render, and [Check] compares what
// a format made of it with the file in its testdata. go test -update writes the file
// anew, to be read before it is committed.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

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
	if !bytes.Equal(got, want) {
		t.Errorf("the output differs from %s; run go test -update in this folder and read the difference:\n%s", path, got)
	}
}
