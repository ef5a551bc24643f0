package process

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/oauthmark/oauthmark/targets"
)

// setUp is a set-up command that needs no program but this one.
func setUp(p *targets.ProcessSpec) {
	p.Setup = [][]string{{"${self}", "setup", "${dir}", "installed"}}
}

func target(change func(*targets.ProcessSpec)) targets.Target {
	p := &targets.ProcessSpec{Command: []string{"${self}"}, Ready: "/"}
	change(p)
	return targets.Target{Name: "product", Process: p, Files: fstest.MapFS{
		"server.mjs":             {Data: []byte("code")},
		"conf/a.json":            {Data: []byte("{}")},
		"node_modules/x/index":   {Data: []byte("someone else's")},
		"conf/.git/config":       {Data: []byte("someone else's")},
		"link-to-somewhere-else": {Mode: fs.ModeSymlink},
	}}
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	l := launcher(t)
	first, err := l.Prepare(t.Context(), target(setUp))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"server.mjs": "code", "conf/a.json": "{}", "installed": "1"} {
		if got, err := os.ReadFile(filepath.Join(first.Dir, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"node_modules", "conf/.git", "link-to-somewhere-else"} {
		if _, err := os.Stat(filepath.Join(first.Dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was laid out: %v", name, err)
		}
	}

	again, err := l.Prepare(t.Context(), target(setUp))
	if err != nil || again != first {
		t.Errorf("again %+v, %v; want %+v", again, err, first)
	}
	if got, _ := os.ReadFile(filepath.Join(again.Dir, "installed")); string(got) != "1" {
		t.Errorf("the set-up ran %s times", got)
	}

	changed := target(setUp)
	changed.Files.(fstest.MapFS)["server.mjs"].Data = []byte("other code")
	other, err := l.Prepare(t.Context(), changed)
	if err != nil || other.Dir == first.Dir {
		t.Errorf("another content has folder %s, %v", other.Dir, err)
	}
}

// TestPrepareTwice has two runs install the same content at once.
func TestPrepareTwice(t *testing.T) {
	t.Parallel()
	l := launcher(t)
	var runs sync.WaitGroup
	for range 4 {
		runs.Go(func() {
			p, err := l.Prepare(t.Context(), target(setUp))
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := os.ReadFile(filepath.Join(p.Dir, "installed")); err != nil || string(got) != "1" {
				t.Errorf("installed holds %q, %v", got, err)
			}
		})
	}
	runs.Wait()
	if left, _ := filepath.Glob(filepath.Join(l.options.Cache, "*")); len(left) != 1 {
		t.Errorf("the cache holds %v", left)
	}
}

func TestPrepareNothing(t *testing.T) {
	t.Parallel()
	l := launcher(t)
	got, err := l.Prepare(t.Context(), target(func(*targets.ProcessSpec) {}))
	if err != nil || got != (targets.Prepared{}) {
		t.Errorf("%+v, %v", got, err)
	}
	if left, _ := os.ReadDir(l.options.Cache); len(left) != 0 {
		t.Errorf("the cache holds %v", left)
	}
}

func TestPrepareFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*targets.ProcessSpec)
		want   string
	}{
		{"no program", func(p *targets.ProcessSpec) {
			p.Requires = []targets.Requirement{{Program: "no-such-program", Hint: "invent it"}}
		}, "runtime can't be used: program no-such-program is not there: invent it"},
		{"set-up fails", func(p *targets.ProcessSpec) {
			p.Setup = [][]string{{"${self}", "server", "die", "x"}}
		}, "set-up ${self} server die x: exit status 3; its last lines:\n  no reason to live"},
		{"bad placeholder", func(p *targets.ProcessSpec) {
			p.Setup = [][]string{{"${me}"}}
		}, "unknown placeholder ${me}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := launcher(t)
			_, err := l.Prepare(t.Context(), target(test.change))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if left, _ := os.ReadDir(l.options.Cache); len(left) != 0 {
				t.Errorf("the cache holds %v", left)
			}
		})
	}
}

func TestCollectBounds(t *testing.T) {
	t.Parallel()
	home := fstest.MapFS{"video": {Data: make([]byte, mostBytes+1)}}
	if _, err := collect(home); err == nil || !strings.Contains(err.Error(), "folder of its own") {
		t.Errorf("error %v", err)
	}
}

func TestEnviron(t *testing.T) {
	t.Parallel()
	got := environ([]string{"PATH=/bin", "OAUTHMARK_CLIENT_SECRET=x", "HOME=/h"})
	if strings.Join(got, " ") != "PATH=/bin HOME=/h" {
		t.Errorf("environment %v", got)
	}
}
