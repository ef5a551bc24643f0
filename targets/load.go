package targets

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
)

// ErrUnknown is the error of a name that no target has.
var ErrUnknown = errors.New("unknown target")

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
		return Target{}, fmt.Errorf("%w %q%s", ErrUnknown, name, meant(name, names))
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
		return Target{}, fmt.Errorf("targets/%s: name is %q, its folder is %q", file, t.Name, name)
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

// parse reads a target file. Its errors are of the type [config.Error].
func parse(file string, data []byte) (Target, error) {
	var t Target
	doc, err := config.Read(file, data, &t)
	if err != nil {
		return Target{}, err
	}
	return t, t.validate(doc)
}

// meant ends an error about an unknown word with the known one that is near, or with all.
func meant(word string, known []string) string {
	if near := config.Nearest(word, known); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ", want one of " + strings.Join(known, ", ")
}
