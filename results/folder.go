package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// RunFile is the name of the record in a run's folder.
const RunFile = "run.json"

// Folder is the folder of one run: the record, or its journal while the run is under way,
// and what is rendered from it.
type Folder struct {
	dir     string
	journal journal
}

// Create makes the folder, and those above it, and finds out that it can be
// written to: a run must not discover that after it has measured.
func Create(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create run folder: %w", err)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return nil, fmt.Errorf("write to run folder: %w", err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return nil, fmt.Errorf("write to run folder: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// Dir is the folder's path, as it was given to [Create].
func (f *Folder) Dir() string { return f.dir }

// Save writes the record, and then removes the journal: a run has one record. It may be
// called again, with more of the same run; a reader sees one whole record or the other,
// never a part.
func (f *Folder) Save(run Run) error {
	data, err := Marshal(run)
	if err != nil {
		return err
	}
	if err := f.Write(RunFile, data); err != nil {
		return err
	}
	return f.dropJournal()
}

// Write puts one file in the folder, whole or not at all. The name may have
// folders, as in plots/spectrum.svg, and stays below the run's folder.
func (f *Folder) Write(name string, data []byte) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("write %s: the name leads out of the run folder", name)
	}
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	// In the same folder, so that the rename can't cross file systems.
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// Marshal is the JSON form of a record: indented, the same bytes for the same run, and
// with nothing in it that steers a terminal.
func Marshal(run Run) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(run); err != nil {
		return nil, fmt.Errorf("encode run %s: %w", run.ID, err)
	}
	return visible(buf.Bytes()), nil
}

// Load reads a record from a run's folder or from the file itself; where the run was ended
// before it could write one, from its journal. A record of a newer schema version is
// refused rather than misread. The error is one line and ends with what to do about it.
func Load(path string) (Run, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		folder := path
		path = filepath.Join(folder, RunFile)
		if journal := filepath.Join(folder, JournalFile); !exists(path) && exists(journal) {
			path = journal
		}
	}
	data, err := read(path)
	switch {
	case errors.Is(err, errTooLarge):
		return Run{}, fmt.Errorf("load run: %s: %w: it is no record; give another run", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return Run{}, fmt.Errorf("load run: there is no %s: give the folder of a run, or its %s", path, RunFile)
	case err != nil:
		return Run{}, fmt.Errorf("load run: %w: check the permissions of the file", err)
	}
	if filepath.Base(path) == JournalFile {
		return fromJournal(path, data)
	}
	return Unmarshal(path, data)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var errTooLarge = fmt.Errorf("it has more than %d bytes", maxRecord)

// read returns what is in a file, which may be a device without an end.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = errTooLarge
	}
	return data, err
}

// Unmarshal reads a record from its JSON form; name stands for it in errors.
func Unmarshal(name string, data []byte) (Run, error) {
	// The version decides how the rest is read, so it comes first and alone.
	var head struct {
		Schema     int `json:"schema"`
		Provenance struct {
			Tool string `json:"tool"`
		} `json:"provenance"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Run{}, fmt.Errorf("load run: %s: %w: it is damaged or no record; give another run", name, err)
	}
	switch {
	case head.Schema < 1:
		return Run{}, fmt.Errorf("load run: %s states no schema version, so it is no record: give a %s that oauthmark wrote", name, RunFile)
	case head.Schema > SchemaVersion:
		return Run{}, fmt.Errorf("load run: %s has schema version %d, newer than %d: use the oauthmark that wrote it, version %q, or a later one",
			name, head.Schema, SchemaVersion, head.Provenance.Tool)
	}
	var run Run
	if err := json.Unmarshal(data, &run); err != nil {
		return Run{}, fmt.Errorf("load run: %s: %w: it is damaged; give another run", name, err)
	}
	if head.Schema == 1 {
		if err := upgrade(&run, data); err != nil {
			return Run{}, fmt.Errorf("load run: %s: %w: it is damaged; give another run", name, err)
		}
	}
	if err := run.damage(); err != nil {
		return Run{}, fmt.Errorf("load run: %s: %w: it is damaged; give another run", name, err)
	}
	return run, nil
}
