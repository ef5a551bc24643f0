package results

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSaveThenLoad(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "run")
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := sample()
	for range 2 { // a second save replaces the first
		if err := f.Save(want); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{f.Dir(), filepath.Join(f.Dir(), RunFile)} {
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("Load(%s) differs from what was saved", path)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("the folder holds %v, want %s alone", entries, RunFile)
	}
}

func TestFolderWrite(t *testing.T) {
	t.Parallel()
	f, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write("plots/a.svg", []byte("<svg/>")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(f.Dir(), "plots", "a.svg")); err != nil || string(got) != "<svg/>" {
		t.Errorf("read back %q, %v", got, err)
	}
	for _, name := range []string{"../a", "/a", ""} {
		if err := f.Write(name, nil); err == nil {
			t.Errorf("Write(%q) succeeded, want an error", name)
		}
	}
}

func TestCreateRefusesAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path); err == nil {
		t.Error("Create succeeded on a file, want an error")
	}
}

func TestLoadErrorsAreOneLineWithARemedy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content string
		want          []string
	}{
		{"newer", `{"schema": 99, "steps": "in another form", "provenance": {"tool": "v9"}}`, []string{"schema version 99", `"v9"`, "use the oauthmark"}},
		{"no schema", `{"name": "something else"}`, []string{"no schema version", "give a run.json"}},
		{"not JSON", "hello", []string{"damaged", "give another run"}},
		{"cut off", `{"schema": 1, "steps": [`, []string{"damaged"}},
		{"unknown verdict", `{"schema": 1, "steps": [{"verdict": "fine"}]}`, []string{`unknown verdict "fine"`, "damaged"}},
		{"bad duration", `{"schema": 1, "steps": [{"elapsed": "soon"}]}`, []string{"duration", "damaged"}},
	} {
		path := filepath.Join(t.TempDir(), RunFile)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		if err == nil {
			t.Errorf("%s: loaded, want an error", c.name)
			continue
		}
		for _, want := range append(c.want, path) {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q lacks %q", c.name, err, want)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q has more than one line", c.name, err)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "absent")); err == nil || !strings.Contains(err.Error(), "give the folder of a run") {
		t.Errorf("absent: error %v, want one with a remedy", err)
	}
}

func TestMarshalIsStable(t *testing.T) {
	t.Parallel()
	a, err := Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	b, err := Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two encodings of one run differ")
	}
}
