package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A mix reaches each load step of the plan, from the flag or the file, in one spelling; and
// what is wrong with it is said before anything starts.
func TestMix(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "run.yaml")
	if err := os.WriteFile(file, []byte("mix: valid=9, random=1.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args     []string
		code     int
		want     string
		scenario string
	}{
		{[]string{"--mix", "valid=9,random=1.0"}, exitPass, `"mix": "valid=9,random=1"`, ""},
		{[]string{"--config", file}, exitPass, `"mix": "valid=9,random=1"`, ""},
		{nil, exitPass, `"tokens": 100`, ""},
		{[]string{"--mix", "valid=9,randon=1"}, exitUsage, `did you mean "random"?`, ""},
		{[]string{"--mix", "random=1"}, exitUsage, "valid is missing", ""},
		{[]string{"--mix", "valid"}, exitUsage, "want outcomes with their parts", ""},
		{[]string{"--mix", "valid=9,random=1"}, exitUsage, "nothing that is selected presents a mix", "tls"},
	} {
		names := []string{"load/local"}
		if tt.scenario != "" {
			names = []string{tt.scenario}
		}
		var out bytes.Buffer
		code := run(t.Context(), slices.Concat([]string{"plan", "--json"}, names, tt.args), stdio{nil, &out, &out})
		if code != tt.code || !strings.Contains(out.String(), tt.want) || tt.args == nil && strings.Contains(out.String(), `"mix"`) {
			t.Errorf("%v: exit %d, want %d and %q in\n%s", tt.args, code, tt.code, tt.want, out.String())
		}
	}
}
