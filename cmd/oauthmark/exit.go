package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// Exit codes. A CI reads nothing else, so each has one meaning, and absence of an
// answer is never 0.
const (
	exitPass         = 0
	exitFail         = 1   // a gate or a check says no
	exitUsage        = 2   // bad usage or configuration, an empty selection among it; nothing was started
	exitInconclusive = 3   // no data, generator saturated, target never ready or gone
	exitHarness      = 4   // this program or the engine under it failed
	exitInterrupted  = 130 // ended by a signal; what was measured is saved
)

// usageError is a mistake of the person who typed the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// verdictError ends a verb whose work was done and whose answer isn't pass; it has
// been printed already.
type verdictError struct{ verdict results.Verdict }

func (e verdictError) Error() string { return "verdict: " + e.verdict.String() }

// exitCode is the truth table from what a verb returned to the exit code.
func exitCode(err error) int {
	var (
		verdict verdictError
		usage   usageError
		unknown *scenarios.UnknownError
		file    *config.Error
		unsaved unsavedError
	)
	switch {
	case err == nil:
		return exitPass
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &unsaved):
		return exitHarness
	case errors.As(err, &usage), errors.As(err, &unknown), errors.As(err, &file), errors.Is(err, scenarios.ErrNothingApplies),
		errors.Is(err, targets.ErrUnknown), errors.Is(err, targets.ErrRuntime), errors.Is(err, targets.ErrCredentials):
		return exitUsage
	case errors.As(err, &verdict) && verdict.verdict == results.Fail:
		return exitFail // what was found wrong stays wrong when the target dies afterwards
	case errors.As(err, &verdict) && verdict.verdict == results.Error:
		return exitHarness
	case errors.Is(err, targets.ErrNotReady), errors.Is(err, targets.ErrNoAnswer), errors.Is(err, targets.ErrDied):
		return exitInconclusive
	case errors.As(err, &verdict) && verdict.verdict == results.Pass:
		return exitPass
	case errors.As(err, &verdict):
		return exitInconclusive
	}
	return exitHarness
}
