package targets

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// stopTimeout bounds the clean-up after a failed start.
const stopTimeout = 30 * time.Second

// Environment is a set of started targets, each with a reference verifier beside
// it.
type Environment struct {
	sites     []site
	instances []*Instance
	died      chan Death
	watchers  sync.WaitGroup
	stopping  atomic.Bool
	quit      chan struct{}

	stop    sync.Mutex // held by Stop
	stopped []bool     // by order of running
	running []launched // in order of start
	closed  bool

	insides  map[*Instance]Endpoints // as the verifiers reach them
	arranged int                     // arrangements so far, each with names of its own
	observer func(format string, args ...any)
}

type launched struct {
	target string
	Running
}

// Start starts the targets, in order, and returns when all are ready. After an
// error nothing is left running. The error wraps [ErrRuntime] when the runtime
// can't be had, [ErrNotReady] or [ErrDied] when a service is at fault.
func Start(ctx context.Context, o Options, list []Target) (*Environment, error) {
	seen := map[string]bool{}
	for _, t := range list {
		if seen[t.Name] {
			return nil, fmt.Errorf("start: target %s is given twice", t.Name)
		}
		if t.URL != "" && t.external == nil {
			return nil, fmt.Errorf("start: target %s has a URL that has not been discovered", t.Name)
		}
		seen[t.Name] = true
	}
	sites, reason, err := o.prepare(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	e := &Environment{
		sites: sites,
		died:  make(chan Death, 2*len(sites)), // an issuer and a verifier each: a watcher never waits
		quit:  make(chan struct{}), observer: o.observe, insides: map[*Instance]Endpoints{},
	}
	for _, s := range sites {
		in, err := e.startSite(ctx, o, s)
		if err != nil {
			clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
			defer cancel()
			return nil, errors.Join(fmt.Errorf("start %s: %w", s.target.Name, err), e.Stop(clean))
		}
		if in.Provenance.Runtime != "external" {
			in.Provenance.Runtime = s.launcher.Runtime()
		}
		in.Provenance.RuntimeReason = reason
		e.instances = append(e.instances, in)
	}
	return e, nil
}

// Instances returns the started targets in the order in which they were given.
func (e *Environment) Instances() []*Instance { return e.instances }

// Instance returns the started target of that name, or nil.
func (e *Environment) Instance(name string) *Instance {
	for _, in := range e.instances {
		if in.Target.Name == name {
			return in
		}
	}
	return nil
}

// Died tells of services that ended before [Environment.Stop] was called, each
// once. The channel is never closed.
func (e *Environment) Died() <-chan Death { return e.died }

// Stop ends all services, the last started first, and removes what they shared. It
// goes on when one can't be stopped and returns all that went wrong. It may be
// called again, and then tries again what failed.
func (e *Environment) Stop(ctx context.Context) error {
	e.stop.Lock()
	defer e.stop.Unlock()
	if !e.stopping.Swap(true) {
		close(e.quit)
	}
	var errs []error
	for i := len(e.running) - 1; i >= 0; i-- {
		if e.stopped[i] {
			continue
		}
		r := e.running[i]
		e.observer("stopping the %s of %s", r.Name(), r.target)
		if err := r.Stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop the %s of %s: %w", r.Name(), r.target, err))
			continue
		}
		e.stopped[i] = true
	}
	e.watchers.Wait()
	if e.closed {
		return errors.Join(errs...)
	}
	if err := closeAll(ctx, e.sites); err != nil {
		return errors.Join(append(errs, err)...)
	}
	e.closed = len(errs) == 0
	return errors.Join(errs...)
}

// watch notes the service, to be stopped, and reports its death.
func (e *Environment) watch(target string, r Running) {
	e.running = append(e.running, launched{target, r})
	e.stopped = append(e.stopped, false)
	e.watchers.Go(func() {
		select {
		case <-e.quit:
		case <-r.Done():
			if !e.stopping.Load() {
				e.died <- Death{Target: target, Service: r.Name(), Logs: r.Logs()}
			}
		}
	})
}
