package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// stopGrace is how long a server has to end by itself once it is asked to.
const stopGrace = 5 * time.Second

// running is a started process group.
type running struct {
	name, url string
	program   string
	private   string // folder with the secrets
	tail      targets.Tail
	cmd       *exec.Cmd
	done      chan struct{}
	err       error // of Wait; to be read after done is closed
}

var _ targets.Running = (*running)(nil)

func (r *running) Name() string          { return r.name }
func (r *running) URL() string           { return r.url }
func (r *running) Internal() string      { return r.url }
func (r *running) Done() <-chan struct{} { return r.done }
func (r *running) Logs() string          { return r.tail.String() }

func (r *running) Provenance() results.Service {
	return results.Service{Name: r.name, Runtime: targets.Process, Program: r.program}
}

// ending says how the process ended; call it after that.
func (r *running) ending() string {
	if r.err == nil {
		return "exit status 0"
	}
	return r.err.Error()
}

// Stop asks the group to end, kills it when it doesn't within five seconds or when
// the context ends, and removes the secrets. Children end with their leader.
func (r *running) Stop(ctx context.Context) error {
	var errs []error
	select {
	case <-r.done:
	default:
		errs = append(errs, r.end(ctx))
	}
	errs = append(errs, os.RemoveAll(r.private))
	return errors.Join(errs...)
}

func (r *running) end(ctx context.Context) error {
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	if err := askGroup(r.cmd); err != nil {
		return fmt.Errorf("ask process %d to end: %w", r.cmd.Process.Pid, err)
	}
	select {
	case <-r.done:
		return nil
	case <-grace.C:
	case <-ctx.Done():
	}
	if err := killGroup(r.cmd); err != nil {
		return fmt.Errorf("kill process %d: %w", r.cmd.Process.Pid, err)
	}
	// The kernel ends a killed process; only one that it can't (a dead disk) makes
	// this wait in vain.
	limit := time.NewTimer(2 * stopGrace)
	defer limit.Stop()
	select {
	case <-r.done:
		return nil
	case <-limit.C:
		return fmt.Errorf("process %d doesn't end", r.cmd.Process.Pid)
	}
}
