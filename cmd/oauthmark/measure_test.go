package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// Two runs that start within a second have a record each.
func TestFolderOfEachRun(t *testing.T) {
	t.Parallel()
	out, now := t.TempDir()+"/results", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, want := range []string{"20260102T030405Z", "20260102T030405Z-2", "20260102T030405Z-3"} {
		folder, id, err := createFolder(out, now)
		if err != nil || id != want {
			t.Fatalf("run %q, error %v; want %s", id, err, want)
		}
		if err := folder.Save(results.Run{Schema: results.SchemaVersion, ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if run, err := results.Load(out + "/20260102T030405Z"); err != nil || run.ID != "20260102T030405Z" {
		t.Errorf("the first record is of %q, error %v: a later run took its folder", run.ID, err)
	}
}

// breaks is a scenario with a defect in its second step.
type breaks struct{}

func (breaks) Plan(scenarios.Options) ([]results.Step, []results.Skip) { return nil, nil }

func (breaks) Run(_ context.Context, step results.Step, _ scenarios.Site) (results.StepResult, error) {
	if step.ID == "b" {
		panic("a defect")
	}
	return results.StepResult{Verdict: results.Pass, Figures: []results.Figure{{Name: "found", Value: 7}}}, nil
}

// What was measured before a defect is kept, and where is told.
func TestPanicInAStep(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	var steps []results.Step
	for _, id := range []string{"a", "b", "c"} {
		steps = append(steps, results.Step{ID: id, Scenario: "s", Kind: results.KindFigures})
	}
	m := measurement{settings: settings{out: out}, plan: results.Plan{Steps: steps}, all: []scenarios.Scenario{{Name: "s", Workload: breaks{}}},
		calibrate: func() results.Calibration { return results.Calibration{} }}
	var said bytes.Buffer
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the defect was passed over")
			}
		}()
		t.Error(m.carryOut(t.Context(), stdio{nil, &said, &said}))
	}()
	folders, err := filepath.Glob(filepath.Join(out, "*"))
	if err != nil || len(folders) != 1 || !strings.Contains(said.String(), "oauthmark report "+folders[0]) {
		t.Fatalf("folders %v, error %v, said %q", folders, err, said.String())
	}
	said.Reset()
	code := run(t.Context(), []string{"report", folders[0]}, stdio{nil, &said, &said})
	for _, want := range []string{"found", "7.00", "not run: the run was ended before this step was done\n    b, c\n", "1 of 3"} {
		if code != exitInconclusive || !strings.Contains(said.String(), want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, said.String())
		}
	}
}
