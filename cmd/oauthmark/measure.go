package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/load"
	"github.com/oauthmark/oauthmark/targets"
)

// measurement is a run from its plan to its record.
type measurement struct {
	settings settings
	profile  scenarios.Profile
	all      []scenarios.Scenario
	targets  []targets.Target
	plan     results.Plan
	cache    verifier.Cache   // of the resource servers
	trace    *scenarios.Trace // that load steps replay; may be nil
	args     []string
	// calibrate measures the speed of this machine.
	calibrate func() results.Calibration
}

// stopTimeout bounds how long started servers may take to end.
const stopTimeout = 30 * time.Second

// carryOut starts the environment, measures, saves the record, prints it and
// returns the verdict as an error that [exitCode] knows. Whatever ends it early,
// what was measured is saved and what was started is stopped. What can't be saved is
// printed nevertheless.
func (m measurement) carryOut(ctx context.Context, std stdio) error {
	run := results.Run{Schema: results.SchemaVersion, Started: time.Now().UTC(), Plan: m.plan, Provenance: provenance(m.args)}
	// The folder comes first: a run whose record can't be written isn't worth its time.
	folder, id, err := createFolder(m.settings.out, run.Started)
	run.ID = id
	if err != nil {
		return usagef("--out %s: %w", m.settings.out, err)
	}
	if err := folder.Begin(run); err != nil {
		return usagef("--out %s: %w", m.settings.out, errors.Join(err, folder.Discard(), removeEmpty(m.settings.out)))
	}
	whole := false
	defer func() {
		if !whole { // this program has a defect
			fmt.Fprintf(std.err, "oauthmark: what was measured until here: oauthmark report %s\n", folder.Dir())
		}
	}()
	keep := &keeper{progress: newProgress(std, m.plan), folder: folder}
	failure := m.measure(ctx, &run, keep)
	keep.close()
	whole = true
	if failure != nil && exitCode(failure) == exitUsage {
		// Nothing was started, so there is nothing to keep: an empty record would only
		// look like a run. What isn't empty stays.
		return errors.Join(failure, folder.Discard(), removeEmpty(m.settings.out))
	}
	run.Finished = time.Now().UTC()
	run.Interrupted = errors.Is(failure, context.Canceled)
	// The record comes first, for all else can be rendered again from it.
	unsaved := folder.Save(run)
	doc, err := report.NewDocument(run)
	if err != nil {
		return errors.Join(failure, unsaved, err)
	}
	if unsaved == nil {
		var files []file
		if files, unsaved = render(kept(), doc, true); unsaved == nil {
			unsaved = writeFiles(context.WithoutCancel(ctx), folder, files)
		}
	}
	if unsaved != nil {
		unsaved = unsavedError{folder.Dir(), unsaved}
	}
	if err := m.print(std, doc, folder.Dir(), unsaved == nil); err != nil || unsaved != nil {
		return errors.Join(failure, unsaved, err)
	}
	return worse(failure, doc.Decision.Verdict)
}

// keeper keeps each step when it is done, and then shows it: what a person saw is there.
type keeper struct {
	*progress
	folder *results.Folder
	failed bool
}

func (k *keeper) StepDone(i int, r results.StepResult) {
	k.tell(k.folder.Add(r))
	k.progress.StepDone(i, r)
}

// tell says once that the journal can't be written: the record may still be, at the end.
func (k *keeper) tell(err error) {
	if err != nil && !k.failed {
		k.failed = true
		k.note(fmt.Sprintf("oauthmark: %v: if this run is ended before its record is written, what isn't in %s is lost", err, k.folder.Dir()))
	}
}

// unsavedError says that a part of what was measured and printed isn't on the disk.
type unsavedError struct {
	dir string
	error
}

func (e unsavedError) Error() string {
	return fmt.Sprintf("not all of the run was saved: %v: 'oauthmark report %s' renders what is there", e.error, e.dir)
}

func (e unsavedError) Unwrap() error { return e.error }

// worse returns what ended the run, or its verdict: a target that died doesn't undo
// what it was found to do wrong before.
func worse(failure error, v results.Verdict) error {
	if v == results.Pass || failure != nil && !(exitCode(failure) == exitInconclusive && v > results.Inconclusive) {
		return failure
	}
	if failure == nil {
		return verdictError{v}
	}
	return errors.Join(failure, verdictError{v})
}

// createFolder makes a folder that no other run has, for runs start within the same
// second too, and tells the run's name.
func createFolder(out string, started time.Time) (*results.Folder, string, error) {
	base := started.Format("20060102T150405Z")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, "", err
	}
	for id, n := base, 2; ; id, n = fmt.Sprintf("%s-%d", base, n), n+1 {
		dir := filepath.Join(out, id)
		if err := os.Mkdir(dir, 0o755); errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return nil, "", err
		}
		folder, err := results.Create(dir)
		return folder, id, err
	}
}

// removeEmpty removes a folder unless something is in it.
func removeEmpty(dir string) error {
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		return err
	}
	return os.Remove(dir)
}

// measure executes the plan in a freshly started environment.
func (m measurement) measure(ctx context.Context, run *results.Run, keep *keeper) (failure error) {
	if m.settings.plant != "" {
		run.Warnings = append(run.Warnings, results.Warning{Code: "planted-defect",
			Text: fmt.Sprintf("the resource servers have the defect %s, on purpose: no figure of this run is of the reference", m.settings.plant)})
	}
	env := environment(nothing{})
	if m.needsTargets() {
		started, err := targets.Start(ctx, targets.Options{
			Runtime: m.settings.runtime, Container: openContainer, Process: openProcess,
			Rand: rand.Reader, Cache: m.cache, Observer: keep.note, Defect: m.settings.plant,
		}, m.narrowed())
		if err != nil {
			run.Skipped = scenarios.NotRun(m.plan.Steps, "the targets didn't start")
			if ctx.Err() != nil {
				return context.Canceled
			}
			return err
		}
		defer func() {
			within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
			defer cancel()
			if err := started.Stop(within); err != nil {
				failure = errors.Join(failure, fmt.Errorf("stop what was started: %w", err))
			}
		}()
		for _, inst := range started.Instances() {
			run.Provenance.Targets = append(run.Provenance.Targets, inst.Provenance)
		}
		env = started
	}
	for _, t := range m.targets {
		if hosts := t.Beyond(); len(hosts) > 0 && m.loads(t.Name) {
			keep.note(fmt.Sprintf("load goes beyond this machine, to %s: somebody said that it may", strings.Join(hosts, " and ")))
		}
	}
	if slices.ContainsFunc(m.plan.Steps, func(s results.Step) bool { return s.Load != nil && s.Load.Workers == 0 }) {
		n, limit := load.MostInFlight()
		keep.note(fmt.Sprintf("at most %d requests can be in flight at once, by the %s of this machine", n, limit))
	}
	run.Provenance.Calibration = append(run.Provenance.Calibration, m.calibrate())
	keep.tell(keep.folder.Begin(*run))
	out, err := scenarios.Runner{Scenarios: m.all, Budget: m.profile.Budget, Observer: keep, Calibrate: m.calibrate, Trace: m.trace}.Execute(ctx, m.plan, env)
	run.Steps, run.Skipped = out.Steps, out.Skipped
	if ctx.Err() == nil { // a target that died ended its own steps alone
		run.Provenance.Calibration = append(run.Provenance.Calibration, m.calibrate())
		run.Warnings = append(run.Warnings, scenarios.Drift(run.Provenance.Calibration)...)
	}
	return err
}

// narrowed returns the targets as the plan needs them.
func (m measurement) narrowed() []targets.Target {
	var about []string
	for _, step := range m.plan.Steps {
		about = append(about, step.Axis("form").Value)
	}
	out := make([]targets.Target, len(m.targets))
	for i, t := range m.targets {
		out[i] = t.Narrowed(about)
	}
	return out
}

// loads reports whether a step puts load on the target.
func (m measurement) loads(target string) bool {
	return slices.ContainsFunc(m.plan.Steps, func(s results.Step) bool { return s.Target == target && s.Load != nil })
}

func (m measurement) needsTargets() bool {
	for _, step := range m.plan.Steps {
		if step.Target != "" {
			return true
		}
	}
	return false
}

// environment is what scenarios need of targets.Environment.
type environment = scenarios.Environment

// nothing is the environment of a run that needs no server.
type nothing struct{}

func (nothing) Instance(string) *targets.Instance { return nil }
func (nothing) Died() <-chan targets.Death        { return nil }
