package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oauthmark/oauthmark/report/gate"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/cost"
	"github.com/oauthmark/oauthmark/targets"
)

// measurement is a run from its plan to its record.
type measurement struct {
	settings settings
	profile  scenarios.Profile
	all      []scenarios.Scenario
	targets  []targets.Target
	plan     results.Plan
	args     []string
}

// stopTimeout bounds how long started servers may take to end.
const stopTimeout = 30 * time.Second

// carryOut starts the environment, measures, saves the record, prints it and
// returns the verdict as an error that [exitCode] knows. Whatever ends it early,
// what was measured is saved and what was started is stopped.
func (m measurement) carryOut(ctx context.Context, std stdio) error {
	run := results.Run{Schema: results.SchemaVersion, Started: time.Now().UTC(), Plan: m.plan}
	run.ID = run.Started.Format("20060102T150405Z")
	// The folder comes first: a run whose record can't be written isn't worth its time.
	folder, err := results.Create(filepath.Join(m.settings.out, run.ID))
	if err != nil {
		return usagef("--out %s: %w", m.settings.out, err)
	}
	show := newProgress(std, m.plan, m.profile)
	run.Provenance = provenance(m.args)
	failure := m.measure(ctx, &run, show)
	show.close()
	if failure != nil && exitCode(failure) == exitUsage {
		// Nothing was started, so there is nothing to keep: an empty record would only
		// look like a run. What isn't empty stays.
		return errors.Join(failure, os.Remove(folder.Dir()), removeEmpty(m.settings.out))
	}
	run.Finished = time.Now().UTC()
	run.Interrupted = errors.Is(failure, context.Canceled)
	if err := save(folder, run); err != nil {
		return errors.Join(failure, err)
	}
	if err := m.print(std, run, folder.Dir()); err != nil {
		return errors.Join(failure, err)
	}
	if failure != nil {
		return failure
	}
	if v := gate.Decide(run).Verdict; v != results.Pass {
		return verdictError{v}
	}
	return nil
}

// removeEmpty removes a folder unless something is in it.
func removeEmpty(dir string) error {
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		return err
	}
	return os.Remove(dir)
}

// measure executes the plan in a freshly started environment.
func (m measurement) measure(ctx context.Context, run *results.Run, show *progress) (failure error) {
	env := environment(nothing{})
	if m.needsTargets() {
		started, err := targets.Start(ctx, targets.Options{
			Runtime: m.settings.runtime, Container: openContainer, Process: openProcess,
			Rand: rand.Reader, Observer: show.note,
		}, m.targets)
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
	run.Provenance.Calibration = append(run.Provenance.Calibration, cost.Calibrate(time.Now))
	out, err := scenarios.Execute(ctx, m.plan, m.all, m.profile, env, show)
	run.Steps, run.Skipped = out.Steps, out.Skipped
	if err == nil {
		run.Provenance.Calibration = append(run.Provenance.Calibration, cost.Calibrate(time.Now))
	}
	return err
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
