package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// A run that is told to end saves what it measured, stops what it started and says
// so; one that is killed has saved it before, and leaves nothing running either.
func TestInterrupted(t *testing.T) { interrupt(t, "process") }

// The same in containers; those of a killed run are stopped, and go away with the
// next one.
func TestContainerInterrupted(t *testing.T) {
	wants(t, "OAUTHMARK_TEST_CONTAINER", "make test-container")
	interrupt(t, "container")
	if err := exec.Command("oauthmark", "conform", "rfc6749/5.1/token-type", "--runtime", "container", "--out", t.TempDir()).Run(); err != nil {
		t.Errorf("the next run: %v", err)
	}
	noContainers(t)
}

func interrupt(t *testing.T, runtime string) {
	for _, tt := range []struct {
		signal syscall.Signal
		code   int
	}{
		{syscall.SIGINT, exitInterrupted},
		{syscall.SIGTERM, exitInterrupted},
		{syscall.SIGKILL, -1},
	} {
		t.Run(tt.signal.String(), func(t *testing.T) {
			if runtime == "process" {
				t.Parallel()
			}
			out := t.TempDir()
			cmd := exec.Command("oauthmark", "run", "cost/hash/SHA-256/opaque-43", "load/introspect/opaque",
				"--profile", "quick", "--duration", "10m", "--runtime", runtime, "--out", out)
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stderr)
			var seen []string
			for lines.Scan() {
				seen = append(seen, lines.Text())
				if strings.HasPrefix(lines.Text(), "1/3 cost: ") {
					break
				}
			}
			servers := children(t, cmd.Process.Pid)
			if runtime == "container" {
				servers = inContainers(t)
			}
			if len(servers) != 2 {
				t.Errorf("%d servers are running, want 2; it said %q", len(servers), seen)
			}
			if err := cmd.Process.Signal(tt.signal); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, stderr)
			err = cmd.Wait()
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != tt.code {
				t.Errorf("it ended with %v, want exit code %d", err, tt.code)
			}
			gone(t, servers)
			checkSaved(t, out)
		})
	}
}

func checkSaved(t *testing.T, out string) {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(out, "*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("folders %v, want one", folders)
	}
	run, err := results.Load(folders[0])
	if err != nil {
		t.Fatal(err)
	}
	if !run.Interrupted || len(run.Steps) == 0 || len(run.Steps[0].Costs) == 0 {
		t.Fatalf("interrupted %v, %d steps: want what was measured before the signal", run.Interrupted, len(run.Steps))
	}
	for _, step := range run.Steps[1:] {
		if step.Verdict == results.Pass {
			t.Errorf("step %s was cut short and passed", step.Step.ID)
		}
	}
	said, err := exec.Command("oauthmark", "report", folders[0]).CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != exitInconclusive || !strings.Contains(string(said), "load/introspect/opaque@reference#1") {
		t.Errorf("report ended with %v, want exit code 3 and the step that wasn't done:\n%s", err, said)
	}
}

// A report ends at the first signal, whatever it is busy with: here it waits for a record
// that nobody writes.
func TestReportInterrupted(t *testing.T) {
	t.Parallel()
	record := filepath.Join(t.TempDir(), results.RunFile)
	if err := syscall.Mkfifo(record, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("oauthmark", "report", record)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Until the signal is heeded it is fatal, so it is sent when the program has come so far
	// as to open the record: a writer that may not wait is then let in.
	waitFor(t, func() bool {
		w, err := os.OpenFile(record, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			t.Cleanup(func() { w.Close() })
		}
		return err == nil
	})
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if exit := (*exec.ExitError)(nil); !errors.As(cmd.Wait(), &exit) || exit.ExitCode() != exitInterrupted {
		t.Errorf("it ended with %v, want exit code %d", cmd.ProcessState, exitInterrupted)
	}
}

// waitFor waits until something holds.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it didn't come to hold in a minute")
		}
	}
}

// children lists the processes that a process has started.
func children(t *testing.T, parent int) []int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	if err != nil {
		t.Skipf("this kernel doesn't list children: %v", err)
	}
	pids := strings.Fields(string(raw))
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, task := range tasks {
		if raw, err := os.ReadFile(task); err == nil && task != fmt.Sprintf("/proc/%d/task/%d/children", parent, parent) {
			pids = append(pids, strings.Fields(string(raw))...)
		}
	}
	var out []int
	for _, p := range pids {
		if n, err := strconv.Atoi(p); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// inContainers lists the processes of our containers that run.
func inContainers(t *testing.T) []int {
	t.Helper()
	ids, err := exec.Command("docker", "ps", "-q", "--filter", "label=oauthmark.owner").Output()
	if err != nil {
		t.Fatalf("docker ps: %v", err)
	}
	var out []int
	for _, id := range strings.Fields(string(ids)) {
		raw, err := exec.Command("docker", "inspect", "--format", "{{.State.Pid}}", id).Output()
		if err != nil {
			t.Fatalf("docker inspect: %v", err)
		}
		if n, err := strconv.Atoi(strings.TrimSpace(string(raw))); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// gone waits until none of the processes exists, or only as a zombie of init's.
func gone(t *testing.T, pids []int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for _, pid := range pids {
		for {
			stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			if err != nil || strings.Contains(string(stat), ") Z ") {
				break
			}
			if time.Now().After(deadline) {
				t.Errorf("process %d is still running", pid)
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
