package results

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// begun makes a folder whose run has done two of its three steps.
func begun(t *testing.T) (*Folder, Run) {
	t.Helper()
	f, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run := sample()
	run.Steps, run.Plan.Steps, run.Skipped, run.Warnings = run.Steps[:2], run.Plan.Steps[:3], nil, nil
	early := run
	early.Provenance.Targets = nil // not known before they are started
	for _, err := range []error{f.Begin(early), f.Begin(run), f.Add(run.Steps[0]), f.Add(run.Steps[1])} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return f, run
}

// What a run has done is there without a record of it, whatever ended it.
func TestJournal(t *testing.T) {
	t.Parallel()
	f, run := begun(t)
	for _, path := range []string{f.Dir(), filepath.Join(f.Dir(), JournalFile)} {
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Interrupted || !reflect.DeepEqual(got.Steps, run.Steps) || !reflect.DeepEqual(got.Provenance, run.Provenance) || !reflect.DeepEqual(got.Plan, run.Plan) {
			t.Errorf("%s: %+v, want what was done", path, got)
		}
		if want := run.Steps[1].Started.Add(time.Duration(run.Steps[1].Elapsed)); !got.Finished.Equal(want) {
			t.Errorf("finished %v, want the end of the last step, %v", got.Finished, want)
		}
		want := Skip{run.Plan.Steps[2].ID, "reference", NotRun, "the run was ended before this step was done"}
		if absent := Absent(got); len(absent) != 2 || absent[1] != want {
			t.Errorf("absent %v, want the third step", absent)
		}
		if len(got.Warnings) != 1 || got.Warnings[0].Code != "record-unfinished" || !strings.Contains(got.Warnings[0].Text, "2 of 3") {
			t.Errorf("warnings %v", got.Warnings)
		}
	}
	run.Finished = run.Started
	if err := f.Save(run); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(f.Dir()); err != nil || len(entries) != 1 || entries[0].Name() != RunFile {
		t.Errorf("the folder holds %v, %v; want the record alone", entries, err)
	}
}

func TestJournalCutOff(t *testing.T) {
	t.Parallel()
	f, run := begun(t)
	path := filepath.Join(f.Dir(), JournalFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	last := len(whole) - len(lines[3])
	for _, tt := range []struct {
		name, text string
		steps      int // -1 for an error
		want       string
	}{
		{"in the middle of a step", string(whole[:last+len(lines[3])/2]), 1, "a part of one more, which is left out"},
		{"after the first byte", string(whole[:last+1]), 1, "a part of one more"},
		{"before its end", string(whole[:len(whole)-1]), 2, "2 of 3"},
		{"with zeros for what was not written", string(whole) + "\x00\x00", 2, "a part of one more"},
		{"before a step", lines[0], 0, "0 of 3"},
		{"before all", "", -1, "the run was ended before it began"},
		{"damaged elsewhere", lines[0] + lines[3][:9] + "\n" + lines[2], -1, "line 2"},
		{"no journal", "hello\n", -1, "line 1"},
		{"of a later version", strings.Replace(lines[0], `"schema":2`, `"schema":99`, 1), -1, "schema version 99"},
		{"with what no run wrote", lines[0] + strings.Replace(lines[2], `"sent":`, `"sent":-`, 1), -1, "sent"},
	} {
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Load(f.Dir())
		switch {
		case tt.steps < 0:
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
			}
		case err != nil || len(got.Steps) != tt.steps || len(got.Steps) > 0 && !reflect.DeepEqual(got.Steps, run.Steps[:tt.steps]) || !strings.Contains(got.Warnings[0].Text, tt.want):
			t.Errorf("%s: %d steps, warnings %v, error %v; want %d and %q", tt.name, len(got.Steps), got.Warnings, err, tt.steps, tt.want)
		}
	}
}

// A step that can't be written is an error, and what was written stays.
func TestJournalOnAFullDisk(t *testing.T) {
	t.Parallel()
	f, run := begun(t)
	readable, err := os.Open(filepath.Join(f.Dir(), JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	defer readable.Close()
	writable := f.journal.file
	f.journal.file = readable // which refuses every write
	if err := f.Add(run.Steps[0]); err == nil || !strings.Contains(err.Error(), JournalFile) {
		t.Errorf("error %v, want one that names the journal", err)
	}
	f.journal.file = writable
	if err := f.Add(run.Steps[0]); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(f.Dir()); err != nil || len(got.Steps) != 3 {
		t.Errorf("%d steps, error %v; want the two, and the one that there was room for at last", len(got.Steps), err)
	}
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	f, _ := begun(t)
	if err := f.Discard(); err != nil || exists(f.Dir()) {
		t.Errorf("error %v, the folder is there: %v", err, exists(f.Dir()))
	}
}
