package results

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

const schemaPath = "run.schema.json"

// TestSchema keeps run.schema.json the schema of the types beside it.
func TestSchema(t *testing.T) {
	want, err := json.MarshalIndent(schema(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(schemaPath, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not the schema of the types; run go test ./results -update", schemaPath)
	}
}

func TestSchemaJudgesRecords(t *testing.T) {
	t.Parallel()
	resolved, err := schema(t).Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := os.ReadFile(samplePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new string // the record with old replaced
		ok             bool
	}{
		{"stored sample", "", "", true},
		{"a member of a later version", `"id": "20260115-093000-sample"`, `"id": "x", "later": 1`, true},
		{"another schema version", `"schema": 2`, `"schema": 1`, false},
		{"no id", `"id": "20260115-093000-sample",`, "", false},
		{"unknown verdict", `"verdict": "inconclusive"`, `"verdict": "fine"`, false},
		{"a number for a duration", `"elapsed": "10s"`, `"elapsed": 10`, false},
		{"a string for a count", `"sent": 2000`, `"sent": "2000"`, false},
	} {
		text := strings.Replace(string(stored), c.old, c.new, 1)
		if text == string(stored) && c.name != "stored sample" {
			t.Fatalf("%s: the sample has no %q to replace", c.name, c.old)
		}
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(v); (err == nil) != c.ok {
			t.Errorf("%s: error %v, want valid: %v", c.name, err, c.ok)
		}
	}
}

// schema infers the schema of a record, and adds what reflection can't see: names of
// verdicts and levels, and the comments of the types' members.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	enum := func(values ...any) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Enum: values} }
	var verdicts []any
	for _, name := range verdictNames {
		verdicts = append(verdicts, name)
	}
	s, err := jsonschema.For[Run](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[time.Time](): {Type: "string", Format: "date-time"},
		reflect.TypeFor[Duration]():  {Type: "string", Pattern: `^-?([0-9.]+(ns|us|µs|ms|s|m|h))+$`},
		reflect.TypeFor[Verdict]():   enum(verdicts...),
		reflect.TypeFor[Level]():     enum(Must, Should, May, Profile),
		reflect.TypeFor[SkipKind]():  enum(NotApplicable, NotRun),
		reflect.TypeFor[Arrivals]():  enum(Constant, Poisson, Closed),
		reflect.TypeFor[Kind]():      enum(KindLoad, KindCost, KindConformance, KindFigures),
		reflect.TypeFor[Worse]():     enum(WorseUp, WorseDown),
	}})
	if err != nil {
		t.Fatal(err)
	}
	describe(s, reflect.TypeFor[Run](), comments(t))
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "oauthmark run record"
	s.Properties["schema"].Const = jsonschema.Ptr(any(SchemaVersion))
	return s
}

// describe walks type and schema side by side. It also lets members through that
// the schema doesn't know: a later version may add some and keep its number.
func describe(s *jsonschema.Schema, typ reflect.Type, docs map[string]string) {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ.Kind() == reflect.Slice && s.Items != nil:
		describe(s.Items, typ.Elem(), docs)
	case typ.Kind() == reflect.Struct && s.Properties != nil:
		s.AdditionalProperties = nil
		for i := range typ.NumField() {
			field := typ.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			member := s.Properties[name]
			describe(member, field.Type, docs)
			member.Description = docs[typ.Name()+"."+field.Name]
		}
	}
}

// comments reads the comments of this package's struct members, by Type.Member.
func comments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if body, ok := spec.Type.(*ast.StructType); ok {
				for _, field := range body.Fields.List {
					text := strings.Join(strings.Fields(field.Doc.Text()+" "+field.Comment.Text()), " ")
					for _, name := range field.Names {
						docs[spec.Name.Name+"."+name.Name] = text
					}
				}
			}
			return true
		})
	}
	return docs
}
