package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A disk that gets full loses the files and not the run: its tables are printed, and what
// was done while there was room can be rendered again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if err := exec.Command("unshare", "-rm", "true").Run(); err != nil {
		t.Skipf("this system lets nobody mount: %v", err)
	}
	const script = `mount -t tmpfs -o size=100k tmpfs "$OUT" || exit 99
head -c "$FILL" /dev/zero >"$OUT/.fill"
oauthmark run cost/hash/SHA-256 cost/parse --profile quick --out "$OUT" 2>"$ERR"; code=$?
echo "RUN $code"; ls "$OUT"/*; oauthmark report "$OUT"/*; echo "REPORT $?"`
	for _, tt := range []struct {
		name, fill string
		want, not  []string
	}{
		{"no room for the pictures", "0k", []string{"RUN 4", "Cost in one process: hash", "run.json\n", "ERR not all of the run was saved: write", "no space left"},
			[]string{"saved in", "REPORT 2", "REPORT 4", "not run"}},
		{"no room for the steps", "88k", []string{"RUN 4", "Cost in one process: hash", "steps.jsonl\n", "REPORT 3", "cost did not run", "ERR write steps.jsonl", "ERR not all of the run was saved: write run.json"},
			[]string{"saved in", "run.json\n"}},
		{"no room at all", "100k", []string{"RUN 2", "ERR --out", "write steps.jsonl", "no space left"}, []string{"Cost", "steps.jsonl\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("unshare", "-rm", "sh", "-c", script)
			stderr := t.TempDir() + "/stderr"
			cmd.Env = append(os.Environ(), "FILL="+tt.fill, "OUT="+t.TempDir(), "ERR="+stderr)
			out, err := cmd.Output()
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 99 {
				t.Skip("this system lets nobody mount a tmpfs")
			} else if err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(stderr)
			if err != nil {
				t.Fatal(err)
			}
			said := string(out) + strings.ReplaceAll(string(raw), "oauthmark: ", "ERR ")
			for _, want := range tt.want {
				if !strings.Contains(said, want) {
					t.Errorf("no %q in\n%s", want, said)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(said, not) {
					t.Errorf("%q in\n%s", not, said)
				}
			}
		})
	}
}

// The servers of a target are started by the command itself, so it is one here.
func TestConformOnFullOutput(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, more := range []string{"--json=false", "--json"} {
		cmd := exec.Command("oauthmark", "conform", "rfc6749/5.1/token-type", "--runtime", "process", "--out", t.TempDir(), more)
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = full, &said
		if exit := (*exec.ExitError)(nil); !errors.As(cmd.Run(), &exit) || exit.ExitCode() != exitHarness || !strings.Contains(said.String(), "no space left on device") {
			t.Errorf("%s: it ended with %v and said %q, want exit code 4 and why", more, cmd.ProcessState, said.String())
		}
	}
}
