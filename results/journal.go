package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// JournalFile is the name of the journal in the folder of a run that is under way, or that
// was ended before it could write its record.
const JournalFile = "steps.jsonl"

// journal is a file with a line for each step that is done. It is on the disk before the
// next step begins.
type journal struct {
	file *os.File
	size int64 // of the lines that are whole
}

// entry is a line of the journal: what is known of the run but for its steps, or a step.
type entry struct {
	Run  any `json:"run,omitempty"`
	Step any `json:"step,omitempty"`
}

// Begin puts what is known of a run into the folder's journal, before its first step and
// again when more is known. Until [Folder.Save] has written the record, [Load] puts it
// together from the journal, whatever ended the run.
func (f *Folder) Begin(run Run) error {
	run.Steps = nil
	return f.add(entry{Run: run})
}

// Add puts a step that is done into the journal. After an error the journal holds what it
// held before.
func (f *Folder) Add(step StepResult) error { return f.add(entry{Step: step}) }

func (f *Folder) add(e entry) error {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return fmt.Errorf("encode %s: %w", JournalFile, err)
	}
	if f.journal.file == nil {
		file, err := os.OpenFile(filepath.Join(f.dir, JournalFile), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
		if err != nil {
			return fmt.Errorf("write %s: %w", JournalFile, err)
		}
		f.journal.file = file
	}
	if err := f.journal.write(visible(line.Bytes())); err != nil {
		return fmt.Errorf("write %s: %w", JournalFile, err)
	}
	return nil
}

func (j *journal) write(line []byte) error {
	n, err := j.file.WriteAt(line, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return errors.Join(err, j.file.Truncate(j.size))
	}
	j.size += int64(n)
	return nil
}

// dropJournal removes the journal, if there is one.
func (f *Folder) dropJournal() error {
	if f.journal.file == nil {
		return nil
	}
	err := f.journal.file.Close()
	if gone := os.Remove(f.journal.file.Name()); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	f.journal = journal{}
	return err
}

// Discard removes the journal and the folder, which must hold nothing else.
func (f *Folder) Discard() error { return errors.Join(f.dropJournal(), os.Remove(f.dir)) }

// fromJournal puts a record together from a journal. A last line that was cut off is left
// out, with a warning.
func fromJournal(name string, data []byte) (Run, error) {
	var run map[string]json.RawMessage
	steps, cut := []json.RawMessage{}, false
	for n := 1; len(data) > 0; n++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		data = rest
		var e struct {
			Run  map[string]json.RawMessage `json:"run"`
			Step json.RawMessage            `json:"step"`
		}
		if err := json.Unmarshal(line, &e); err != nil {
			if whole {
				return Run{}, fmt.Errorf("load run: %s: line %d: %w: it is damaged; give another run", name, n, err)
			}
			cut = true
			break
		}
		if e.Run != nil {
			run = e.Run
		}
		if e.Step != nil {
			steps = append(steps, e.Step)
		}
	}
	if run == nil {
		return Run{}, fmt.Errorf("load run: %s says of no run what was planned: the run was ended before it began; give another run", name)
	}
	all, err := json.Marshal(steps)
	if err != nil {
		return Run{}, fmt.Errorf("load run: %s: %w", name, err)
	}
	run["steps"] = all
	record, err := json.Marshal(run)
	if err != nil {
		return Run{}, fmt.Errorf("load run: %s: %w", name, err)
	}
	out, err := Unmarshal(name, record)
	if err != nil {
		return Run{}, err
	}
	out.endEarly(cut)
	return out, nil
}

// endEarly completes a run of which only the steps that were done are known.
func (run *Run) endEarly(cut bool) {
	run.Interrupted, run.Finished = true, run.Started
	done := map[string]bool{}
	for _, s := range run.Steps {
		done[s.Step.ID] = true
		if end := s.Started.Add(time.Duration(s.Elapsed)); end.After(run.Finished) {
			run.Finished = end
		}
	}
	for _, s := range run.Plan.Steps {
		if !done[s.ID] {
			run.Skipped = append(run.Skipped, Skip{s.ID, s.Target, NotRun, "the run was ended before this step was done"})
		}
	}
	text := fmt.Sprintf("the run was ended before it could write its record, or is still under way: this is put together from the steps that were done, %d of %d",
		len(run.Steps), len(run.Plan.Steps))
	if cut {
		text += ", and a part of one more, which is left out"
	}
	run.Warnings = append(run.Warnings, Warning{"record-unfinished", text})
}
