package targets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// ErrUnknown is the error of a name that no target has.
var ErrUnknown = errors.New("unknown target")

// FileError is what is wrong with a target file, in one line.
type FileError struct {
	File string
	Line int // zero when it isn't about one line
	Text string
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Text
	}
	return e.File + ":" + strconv.Itoa(e.Line) + ": " + e.Text
}

// Load returns the target that the program knows by that name. Its error wraps
// [ErrUnknown] when there is none, and names the nearest.
func Load(name string) (Target, error) { return loadFrom(embedded, name, Names()) }

func loadFrom(fsys fs.FS, name string, names []string) (Target, error) {
	file := path.Join(name, "target.yaml")
	data, err := []byte(nil), fs.ErrNotExist
	if fs.ValidPath(file) {
		data, err = fs.ReadFile(fsys, file)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return Target{}, fmt.Errorf("%w %q, did you mean %q?", ErrUnknown, name, nearest(name, names))
	}
	if err != nil {
		return Target{}, fmt.Errorf("load target %q: %w", name, err)
	}
	files, err := fs.Sub(fsys, name)
	if err != nil {
		return Target{}, fmt.Errorf("load target %q: %w", name, err)
	}
	t, err := parse("targets/"+file, data)
	if err != nil {
		return Target{}, err
	}
	if t.Name != name {
		return Target{}, &FileError{File: "targets/" + file, Text: fmt.Sprintf("name is %q, its folder is %q", t.Name, name)}
	}
	t.Files = files
	return t, nil
}

// LoadFile returns the target that a YAML file describes. What lies in the file's
// folder belongs to the target.
func LoadFile(name string) (Target, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Target{}, fmt.Errorf("load target: %w", err)
	}
	t, err := parse(name, data)
	if err != nil {
		return Target{}, err
	}
	t.Files = os.DirFS(filepath.Dir(name))
	return t, nil
}

// parse reads exactly one YAML document, in which every key means something.
func parse(file string, data []byte) (Target, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return Target{}, &FileError{File: file, Text: "empty, want a target"}
		}
		return Target{}, yamlError(file, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Target{}, &FileError{File: file, Text: "more than one document"}
	}
	root := doc.Content[0]
	if err := strict(file, root, reflect.TypeFor[Target](), "the target"); err != nil {
		return Target{}, err
	}
	var t Target
	if err := root.Decode(&t); err != nil {
		return Target{}, yamlError(file, err)
	}
	if err := validate(file, root, t); err != nil {
		return Target{}, err
	}
	return t, nil
}

// yamlLine finds the line that the YAML package's messages start with.
var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)`)

func yamlError(file string, err error) error {
	text := err.Error()
	if typed := (*yaml.TypeError)(nil); errors.As(err, &typed) && len(typed.Errors) > 0 {
		text = typed.Errors[0]
	}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ := strconv.Atoi(m[1]) // digits, by the expression
		return &FileError{File: file, Line: line, Text: m[2]}
	}
	return &FileError{File: file, Text: text}
}
