package process

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestSweepPrivate(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	for _, name := range []string{"oauthmark-7-1", "oauthmark-8-2", "oauthmark-x-3", "other-7-4"} {
		if err := os.Mkdir(filepath.Join(temp, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(temp, "oauthmark-7-file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	alive := func(pid int) bool { return pid != 7 }
	left := func() (names []string) {
		entries, err := os.ReadDir(temp)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	all := left()
	sweepPrivate(temp, time.Now(), alive)
	if got := left(); !slices.Equal(got, all) {
		t.Errorf("too early: %v", got)
	}
	sweepPrivate(temp, time.Now().Add(2*youngest), alive)
	if got, want := left(), []string{"oauthmark-7-file", "oauthmark-8-2", "oauthmark-x-3", "other-7-4"}; !slices.Equal(got, want) {
		t.Errorf("left %v, want %v", got, want)
	}
}

func TestAlive(t *testing.T) {
	t.Parallel()
	if !alive(os.Getpid()) {
		t.Error("this process counts as dead")
	}
	r := launch(t, "serve")
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if alive(r.cmd.Process.Pid) {
		t.Error("an ended process counts as alive")
	}
}
