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

// A descendant counts in whatever group it is, and also when it has ended.
func TestTreeSeesDescendants(t *testing.T) {
	before, ok := Tree(os.Getpid())
	if !ok || before.PeakBytes < 1<<20 {
		t.Fatalf("usage %+v, %v of this process", before, ok)
	}
	child := exec.Command("sh", "-c", "i=0; while :; do i=$((i+1)); done")
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	spent := func() float64 {
		u, _ := Tree(os.Getpid())
		return u.CPUSeconds - before.CPUSeconds
	}
	for until := time.Now().Add(10 * time.Second); spent() < 0.05 && time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
	}
	alone, ok := Group(child.Process.Pid)
	if !ok || alone.CPUSeconds < 0.02 || spent() < alone.CPUSeconds {
		t.Errorf("%v s are seen, %v s of them the child's", spent(), alone.CPUSeconds)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if spent() < alone.CPUSeconds-0.02 { // by ticks now
		t.Errorf("%v s are seen when the child has ended, %v s of it alone before", spent(), alone.CPUSeconds)
	}
	if u, ok := Tree(child.Process.Pid); ok {
		t.Errorf("usage %+v of a process that has ended", u)
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
