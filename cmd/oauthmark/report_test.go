package main

import (
	"bytes"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

// A run that was interrupted after it had found something wrong still says so.
func TestReportExitsByTheWorstVerdict(t *testing.T) {
	t.Parallel()
	wrong := results.Finding{Check: "rfc0/1/x", Title: "x", Target: "t", Verdict: results.Fail, Observed: "seen"}
	for _, tt := range []struct {
		name string
		run  results.Run
		want int
	}{
		{"interrupted", results.Run{Interrupted: true}, exitInconclusive},
		{"interrupted after a failure", results.Run{Interrupted: true, Steps: []results.StepResult{{Step: results.Step{ID: "conform@t"},
			Verdict: results.Fail, Findings: []results.Finding{wrong}}}}, exitFail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder, err := results.Create(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			tt.run.Schema, tt.run.ID = results.SchemaVersion, "r"
			if err := folder.Save(tt.run); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if got := run(t.Context(), []string{"report", folder.Dir()}, stdio{nil, &out, &out}); got != tt.want {
				t.Errorf("exit code %d, want %d\n%s", got, tt.want, out.String())
			}
		})
	}
}
