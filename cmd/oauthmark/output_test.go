package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// full takes so many bytes, and no more.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	if f.room -= n; n < len(p) {
		return n, errors.New("no space left on device")
	}
	return n, nil
}

// No verb loses what it says: when standard output takes nothing, or not all, this is an
// error, in every format.
func TestNothingIsLostInSilence(t *testing.T) {
	t.Parallel()
	sample := filepath.Join("..", "..", "results", "testdata", "sample")
	lines := [][]string{
		{"--help"}, {"help", "run"}, {"run", "--help"}, {"serve", "issuer", "--help"}, {"completion", "bash"},
		{"version"}, {"version", "--json"}, {"plan"}, {"plan", "--json"}, {"list"}, {"list", "--json"},
		{"run", "cost/hash/SHA-256/opaque-43", "--profile", "quick"}, {"run", "cost/hash/SHA-256/opaque-43", "--profile", "quick", "--json"},
	}
	for _, l := range lists {
		lines = append(lines, []string{"list", l.name})
	}
	for _, f := range formats {
		lines = append(lines, []string{"report", sample, "--format", f.name})
	}
	// serve says all on standard error, and TestConformOnFullOutput tries conform.
	told := map[string]bool{"serve": true, "conform": true}
	for _, args := range lines {
		told[args[0]] = true
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			if args[0] == "run" && args[1] != "--help" {
				args = append(args, "--out", t.TempDir())
			}
			for _, room := range []int{0, 10} {
				var said bytes.Buffer
				if code := run(t.Context(), args, stdio{nil, &full{room}, &said}); code != exitHarness || strings.Count(said.String(), "no space left on device") != 1 {
					t.Errorf("room for %d bytes: exit code %d, said %q; want 4 and why", room, code, said.String())
				}
			}
		})
	}
	for _, v := range verbs() {
		if !told[v.name] {
			t.Errorf("this test doesn't know the verb %s", v.name)
		}
	}
}
