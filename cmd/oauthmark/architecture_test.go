package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
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

// layers are the rooms within reference, lowest first. A room may import those of the
// layers below its own.
var layers = [][]string{
	{"exactjson", "field"},               // how the JSON and the header fields of others are read
	{"claims", "config", "heap", "keys"}, // words, files, memory, algorithms
	{"forge", "token"},                   // tokens of any bytes, and right ones
	{"corpus", "jwt", "store"},           // hostile ones, the judging of one, where they are kept
	{"dpop"},                             // proofs of possession
	{"issuer", "verifier"},               // the two servers
	{"fault"},                            // a server with a defect
}

// layer returns the height of a room within reference, -1 when it is in none.
func layer(room string) int {
	return slices.IndexFunc(layers, func(rooms []string) bool { return slices.Contains(rooms, room) })
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
	"github.com/go-json-experiment/json":      {"reference/exactjson"},
	"go.yaml.in/yaml/":                        {"reference/config", "targets", "cmd/oauthmark"},
	"github.com/agnivade/levenshtein":         {"reference/config", "targets", "scenarios"},
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
	arrows := map[string][]string{}
	for _, p := range all {
		path := strings.TrimPrefix(p.ImportPath, module)
		room, inner := split(path)
		if _, known := may[room]; !known {
			t.Errorf("%s is in no room: the top level is fixed", path)
		}
		if room == "reference" && layer(inner) < 0 {
			t.Errorf("%s is in no layer: put it where it belongs", path)
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module); ok {
				from := room
				to, within := split(ours)
				allowed := slices.Contains(may[from], to)
				if room == "reference" && to == room {
					from, to = room+"/"+inner, to+"/"+within
					allowed = layer(within) < layer(inner)
				}
				if from != to && !allowed {
					t.Errorf("%s imports %s: that arrow runs back up", path, ours)
				}
				if from != to && !slices.Contains(arrows[from], to) {
					arrows[from] = append(arrows[from], to)
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
	for _, from := range slices.Sorted(maps.Keys(arrows)) {
		slices.Sort(arrows[from])
		t.Logf("%s -> %s", from, strings.Join(arrows[from], " "))
	}
}

// split returns a package's room, and the folder within.
func split(path string) (room, inner string) {
	room, rest, _ := strings.Cut(path, "/")
	inner, _, _ = strings.Cut(rest, "/")
	return room, inner
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
		named := strings.HasPrefix(path, "report/") && path != "report/stats" && path != "report/gate" && !strings.Contains(path, "/internal/") ||
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
