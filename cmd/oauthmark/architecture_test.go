package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/targets"
)

const module = "github.com/oauthmark/oauthmark/"

// may says which rooms a room's packages may import. Each room is a top-level
// folder; a package may always import its own room.
var may = map[string][]string{
	"results":   {},
	"reference": {},                                  // knows nothing of the harness
	"report":    {"results"},                         // has never met a server
	"targets":   {"results", "reference"},            // knows servers, not what is done to them
	"scenarios": {"results", "reference", "targets"}, // prints nothing
	"cmd":       {"results", "reference", "targets", "scenarios", "report"},
}

// confined are heavy dependencies, and the only packages that may import them.
var confined = map[string][]string{
	"github.com/testcontainers/":              {"targets/launch/container"},
	"github.com/moby/":                        {"targets/launch/container"},
	"github.com/docker/":                      {"targets/launch/container"},
	"github.com/tsenart/vegeta/":              {"scenarios/load", "cmd/bench-self"},
	"gonum.org/v1/plot":                       {"report/plot"},
	"github.com/olekukonko/tablewriter":       {"report/text"},
	"github.com/spf13/":                       {"cmd/oauthmark"},
	"github.com/schollz/progressbar":          {"cmd/oauthmark"},
	"github.com/google/jsonschema-go":         {},
	"modernc.org/sqlite":                      {"reference/store/sqlite"},
	"github.com/jackc/pgx/":                   {"reference/store/postgres"},
	"github.com/redis/go-redis/":              {"reference/store/redis"},
	"github.com/HdrHistogram/hdrhistogram-go": {"results", "report/stats", "report/hlog", "report/plot", "scenarios/load"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	all := packages(t)
	if len(all) < 20 {
		t.Fatalf("only %d packages were listed", len(all))
	}
	for _, p := range all {
		path := strings.TrimPrefix(p.ImportPath, module)
		room, _, _ := strings.Cut(path, "/")
		allowed, known := may[room]
		if !known {
			t.Errorf("%s is in no room: the top level is fixed", path)
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module); ok {
				if to, _, _ := strings.Cut(ours, "/"); to != room && !slices.Contains(allowed, to) {
					t.Errorf("%s imports %s: %s may import %v", path, ours, room, allowed)
				}
				continue
			}
			for heavy, where := range confined {
				if strings.HasPrefix(imported, heavy) && !slices.Contains(where, path) {
					t.Errorf("%s imports %s, which belongs in %v", path, imported, where)
				}
			}
		}
	}
}

// A package that nobody lists is dead, and its author thinks that it isn't.
func TestEverythingIsListed(t *testing.T) {
	t.Parallel()
	all := packages(t)
	const registry, documents = "cmd/oauthmark", "scenarios/conformance/documents"
	imports := map[string][]string{}
	for _, p := range all {
		imports[strings.TrimPrefix(p.ImportPath, module)] = p.Imports
	}
	for _, p := range all {
		path := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasPrefix(path, "scenarios/conformance/") && path != documents && !slices.Contains(imports[documents], p.ImportPath) {
			t.Errorf("%s/documents.go lacks a line for %s", documents, path)
		}
		named := strings.HasPrefix(path, "report/") && path != "report/stats" && !strings.Contains(path, "/internal/") ||
			path == documents ||
			strings.HasPrefix(path, "scenarios/") && strings.Count(path, "/") == 1 ||
			strings.HasPrefix(path, "targets/launch/") && path != "targets/launch/procfs"
		if named && !slices.Contains(imports[registry], p.ImportPath) {
			t.Errorf("cmd/oauthmark/registry.go lacks the import of %q", p.ImportPath)
		}
	}
	specs, err := filepath.Glob(filepath.Join("..", "..", "targets", "*", "target.yaml"))
	if err != nil || len(specs) == 0 {
		t.Fatalf("no target.yaml found: %v", err)
	}
	for _, spec := range specs {
		name := filepath.Base(filepath.Dir(spec))
		if !slices.Contains(targets.Names(), name) {
			t.Errorf("targets/embed.go lacks a line for %s", spec)
		}
	}
}

// The top level reads as the manual, so it holds what the manual says and no more.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	want := []string{".ci", ".github", ".gitignore", "LICENSE", "Makefile", "README.md",
		"cmd", "go.mod", "go.sum", "reference", "report", "results", "scenarios", "targets"}
	out, err := exec.Command("git", "-C", filepath.Join("..", ".."), "ls-files").Output()
	if err != nil {
		t.Skipf("not a git checkout: %v", err)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		top, _, _ := strings.Cut(strings.TrimSpace(line), "/")
		if !slices.Contains(got, top) {
			got = append(got, top)
		}
	}
	for _, top := range got {
		if !slices.Contains(want, top) {
			t.Errorf("%s is at the top level: nothing but %v is", top, want)
		}
	}
	for _, top := range want {
		if _, err := os.Stat(filepath.Join("..", "..", top)); err != nil && top != ".github" {
			t.Errorf("the top level lacks %s", top)
		}
	}
}
