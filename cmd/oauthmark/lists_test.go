package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// listsOf are the lists that a new thing has its line in. A function of the folder with
// such a result makes one, and is in the file or is called by one that is.
var listsOf = []struct{ folder, results, file string }{
	{"scenarios/load", "[]scenarios.Scenario", "list.go"},
	{"scenarios/cost", "[]operation", "table.go"},
	{"report", "Section", "section.go"},
	{"reference/verifier", "Strategy, error", "strategy.go"},
}

// What is in no list doesn't exist for the command, and its author thinks that it does.
func TestEveryListIsWhole(t *testing.T) {
	t.Parallel()
	for _, l := range listsOf {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(l.folder), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]int{}
		var made []string
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && !f.Name.IsExported() && resultsOf(f) == l.results {
					made = append(made, f.Name.Name)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					named[id.Name]++
				}
				return true
			})
		}
		if len(made) == 0 {
			t.Errorf("%s has nothing that makes %s: this test looks for what isn't there", l.folder, l.results)
		}
		for _, name := range made {
			if named[name] < 2 { // its declaration alone
				t.Errorf("%s/%s lacks a line for %s", l.folder, l.file, name)
			}
		}
	}
}

func resultsOf(f *ast.FuncDecl) string {
	var all []string
	if f.Type.Results != nil {
		for _, r := range f.Type.Results.List {
			all = append(all, types.ExprString(r.Type))
		}
	}
	return strings.Join(all, ", ")
}
