package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// gone waits until the process has ended; an orphan's number stays until its new
// parent looks.
func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if errors.Is(err, os.ErrNotExist) || err == nil && state(data) == 'Z' {
			return
		}
	}
	t.Errorf("process %d is still there", pid)
}

func state(stat []byte) byte {
	for i := len(stat) - 1; i > 0; i-- {
		if stat[i] == ')' && i+2 < len(stat) {
			return stat[i+2]
		}
	}
	return 0
}

func TestStopKillsChildren(t *testing.T) {
	t.Parallel()
	r := launch(t, "parent")
	child := childOf(t, r)
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone(t, child)
}

func TestDeathKillsChildren(t *testing.T) {
	t.Parallel()
	r := launch(t, "parent")
	child := childOf(t, r)
	if err := syscall.Kill(r.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-r.Done()
	gone(t, child)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	r := launch(t, "parent")
	u, ok := r.Usage(t.Context())
	// Two Go programs: each holds more than a mebibyte.
	if !ok || u.Component != "issuer" || u.CPUSeconds < 0 || u.PeakBytes < 2<<20 {
		t.Errorf("usage %+v, %v", u, ok)
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Usage(t.Context()); ok {
		t.Error("usage of an ended group")
	}
}

// TestDiesWithHarness kills a harness in a way that leaves it nothing to do, and
// looks for the server that it started.
func TestDiesWithHarness(t *testing.T) {
	t.Parallel()
	for _, behaviour := range []string{"serve", "eof"} {
		cmd := exec.Command(os.Args[0], "harness", behaviour, strconv.Itoa(service(t, behaviour).Port))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var pid int
		if _, err := fmt.Fscan(out, &pid); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		gone(t, pid)
	}
}
