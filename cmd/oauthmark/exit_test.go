package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// The truth table of the exit code: from what a verb returns. TestExitCodes drives
// the same codes from the command line.
func TestExitCode(t *testing.T) {
	t.Parallel()
	wrap := func(err error) error { return fmt.Errorf("start reference: %w", err) }
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"done", nil, 0},
		{"pass", verdictError{results.Pass}, 0},
		{"bound", usagef("--within p98=1ms"), 2},
		{"fail", verdictError{results.Fail}, 1},
		{"flag", usagef("--rate 0"), 2},
		{"scenario", &scenarios.UnknownError{}, 2},
		{"target", wrap(targets.ErrUnknown), 2},
		{"target file", wrap(&config.Error{Err: config.ErrEmpty}), 2},
		{"runtime", wrap(targets.ErrRuntime), 2},
		{"credentials", wrap(targets.ErrCredentials), 2},
		{"nothing selected", wrap(scenarios.ErrNothingApplies), 2},
		{"inconclusive", verdictError{results.Inconclusive}, 3},
		{"no verdict", verdictError{results.None}, 3},
		{"never ready", wrap(targets.ErrNotReady), 3},
		{"nobody answers", wrap(targets.ErrNoAnswer), 3},
		{"died at start", wrap(targets.ErrDied), 3},
		{"died in the middle", targets.Death{}, 3},
		{"died after a failure", worse(targets.Death{}, results.Fail), 1},
		{"died after an error", worse(targets.Death{}, results.Error), 4},
		{"died after a pass", worse(targets.Death{}, results.Pass), 3},
		{"died, no more", worse(targets.Death{}, results.Inconclusive), 3},
		{"interrupted after a failure", worse(context.Canceled, results.Fail), 130},
		{"could not stop after a failure", worse(errors.New("engine gone"), results.Fail), 4},
		{"nothing but the verdict", worse(nil, results.Fail), 1},
		{"harness", verdictError{results.Error}, 4},
		{"anything else", errors.New("disk full"), 4},
		{"interrupted", context.Canceled, 130},
		{"could not save", unsavedError{"out", errors.New("disk full")}, 4},
		{"died, and could not save", errors.Join(targets.Death{}, unsavedError{"out", errors.New("disk full")}), 4},
		{"interrupted, and could not save", errors.Join(context.Canceled, unsavedError{"out", errors.New("disk full")}), 130},
		{"interrupted, and could not stop", errors.Join(context.Canceled, errors.New("engine gone")), 130},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := exitCode(tt.err); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
		})
	}
}
