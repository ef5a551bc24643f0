package targets

import (
	"errors"
	"strings"
)

// The two ways in which a service fails its caller. Errors of a [Launcher] and of
// [Start] wrap them.
var (
	ErrNotReady = errors.New("not ready in time")
	ErrDied     = errors.New("ended by itself")
)

// LaunchError says which service failed, and what it printed last.
type LaunchError struct {
	Service string // issuer or verifier
	Err     error
	Logs    string // last lines, redacted; may be empty
}

func (e *LaunchError) Error() string {
	if e.Logs == "" {
		return "launch " + e.Service + ": " + e.Err.Error() + "; it printed nothing"
	}
	return "launch " + e.Service + ": " + e.Err.Error() + "; its last lines:\n" + indent(e.Logs)
}

func (e *LaunchError) Unwrap() error { return e.Err }

// Death is a service that ended while it was needed.
type Death struct {
	Target  string
	Service string
	Logs    string // last lines, redacted
}

func (d Death) Error() string {
	s := d.Service + " of " + d.Target + " " + ErrDied.Error()
	if d.Logs == "" {
		return s + "; it printed nothing"
	}
	return s + "; its last lines:\n" + indent(d.Logs)
}

func (d Death) Unwrap() error { return ErrDied }

func indent(lines string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(lines, "\n"), "\n", "\n  ")
}
