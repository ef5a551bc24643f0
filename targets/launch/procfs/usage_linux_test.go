package procfs

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, stat    string
		group         int
		own, children int64
		ok            bool
	}{
		{"plain", "7 (node) S 1 42 42 0 -1 0 1 2 3 4 10 20 30 40 20 0 1 0 99 1 1", 42, 30, 70, true},
		{"a name with everything", "7 (a) b (c) S 1 42 42 0 -1 0 1 2 3 4 1 2 3 4 20 0 1 0 99 1 1", 42, 3, 7, true},
		{"short", "7 (node) S 1 42", 0, 0, 0, false},
		{"no name", "7", 0, 0, 0, false},
		{"empty", "", 0, 0, 0, false},
		{"words", "7 (node) S 1 42 42 0 -1 0 1 2 3 4 x 20 30 40 20", 0, 0, 0, false},
	} {
		p, ok := parseStat([]byte(test.stat))
		if p.group != test.group || ok != test.ok || p.own != test.own || p.children != test.children {
			t.Errorf("%s: %+v, %v", test.name, p, ok)
		}
	}
}

// A child is counted with its parent, whatever group it leads.
func TestFamilySeesChildren(t *testing.T) {
	alone, ok := Family(os.Getpid())
	if !ok || alone.PeakBytes < 1<<20 {
		t.Fatalf("usage %+v, %v of this process", alone, ok)
	}
	child := exec.Command("sleep", "60")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		t.Skip(err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	of, ok := Family(child.Process.Pid)
	both, _ := Family(os.Getpid())
	if !ok || of.PeakBytes == 0 || both.PeakBytes < alone.PeakBytes+of.PeakBytes/2 {
		t.Errorf("%+v and its child %+v are together %+v", alone, of, both)
	}
	if u, ok := Family(0); ok {
		t.Errorf("usage %+v of nobody", u)
	}
}

// What this process burns is seen, and far more finely than in ticks.
func TestGroupSeesWork(t *testing.T) {
	group := syscall.Getpgrp()
	before, ok := Group(group)
	if !ok || before.PeakBytes < 1<<20 {
		t.Fatalf("usage %+v, %v of the group that this test is in", before, ok)
	}
	for began := time.Now(); time.Since(began) < 30*time.Millisecond; {
	}
	after, _ := Group(group)
	if spent := after.CPUSeconds - before.CPUSeconds; spent < 0.005 {
		t.Errorf("30 ms of work are seen as %v s", spent)
	}
}

func TestContainerOfNobody(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "0123456789abcdef-not-a-container"} {
		if u, ok := Container(id); ok {
			t.Errorf("id %q: usage %+v of a container that isn't there", id, u)
		}
	}
}
