package targets

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/oauthmark/oauthmark/reference/verifier"
)

// The runtimes that may be asked for.
const (
	Auto      = "auto" // containers where an engine answers and every target can, processes otherwise
	Container = "container"
	Process   = "process"
)

// ErrRuntime is the error of a runtime that was asked for and can't be had. What
// it says ends with what to do about it.
var ErrRuntime = errors.New("runtime can't be used")

// Opener makes a launcher, one for each target. An error says why this machine
// can't, in words for a person; nothing has been started then.
type Opener func(ctx context.Context) (Launcher, error)

// Preparer is a [Launcher] that has work to do, once for a target, before the
// first of its services is launched: look for programs, install packages, build an
// image. Launch of an unprepared target may fail.
type Preparer interface {
	Prepare(ctx context.Context, t Target) (Prepared, error)
}

// Prepared goes into the target's [Service].
type Prepared struct {
	Dir   string // processes: folder with the target's files, when it needs them
	Image string // containers
}

// Options of [Start].
type Options struct {
	Runtime   string // Auto, Container or Process
	Container Opener // nil when the program has none
	Process   Opener
	Rand      io.Reader // of secrets; crypto/rand.Reader outside tests
	// Cache bounds what the verifiers remember; [verifier.DefaultCache] when it is zero.
	Cache verifier.Cache
	// Defect is one that the resource servers are given on purpose; none when empty.
	Defect string
	// Observer is told what is being done, in words for a person; may be nil.
	Observer func(event string)
}

// site is a target with what it takes to start it.
type site struct {
	target   Target
	launcher Launcher
	issuer   Prepared // nothing for a target that runs already
	verifier Prepared
}

// prepare chooses the runtime and makes all targets ready to start in it. reason
// says why, where the choice was ours.
func (o Options) prepare(ctx context.Context, list []Target) (sites []site, reason string, err error) {
	switch o.Runtime {
	case Container:
		if why := lacksRuntime(list, Container); why != "" {
			return nil, "", fmt.Errorf("%w: container: %s; use the runtime process", ErrRuntime, why)
		}
		sites, err = o.open(ctx, o.Container, list)
		if errors.Is(err, errOpen) {
			err = fmt.Errorf("%w: container: %w; or use the runtime process", ErrRuntime, err)
		}
		return sites, "", err
	case Process:
		if why := lacksRuntime(list, Process); why != "" {
			return nil, "", fmt.Errorf("%w: process: %s; use the runtime container", ErrRuntime, why)
		}
		sites, err = o.open(ctx, o.Process, list)
		return sites, "", err
	case Auto:
	default:
		return nil, "", fmt.Errorf("%w: unknown runtime %q%s", ErrRuntime, o.Runtime, meant(o.Runtime, []string{Auto, Container, Process}))
	}
	reason = lacksRuntime(list, Container)
	if reason == "" {
		sites, err = o.open(ctx, o.Container, list)
		if err == nil {
			return sites, "a container engine answers, and every target can run in it", nil
		}
		if ctx.Err() != nil {
			return nil, "", err
		}
		reason = err.Error()
	}
	if why := lacksRuntime(list, Process); why != "" {
		return nil, "", fmt.Errorf("%w: no containers: %s; and no processes: %s", ErrRuntime, reason, why)
	}
	sites, err = o.open(ctx, o.Process, list)
	return sites, "no containers: " + reason, err
}

// lacksRuntime says which target can't run in the runtime, or nothing.
func lacksRuntime(list []Target, runtime string) string {
	for _, t := range list {
		switch {
		case t.URL != "" && runtime == Container:
			return fmt.Sprintf("%s runs outside, where a verifier in a container can't reach it", t.Name)
		case t.URL != "":
		case runtime == Container && t.Container == nil, runtime == Process && t.Process == nil:
			return fmt.Sprintf("%s can't run as a %s", t.Name, runtime)
		}
	}
	return ""
}

// errOpen marks the failure of an opener.
var errOpen = errors.New("not available")

// open makes a launcher for each target and lets it prepare. After an error
// nothing is open.
func (o Options) open(ctx context.Context, opener Opener, list []Target) (sites []site, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(ctx, sites))
			sites = nil
		}
	}()
	if opener == nil {
		return nil, fmt.Errorf("%w: not part of this program", errOpen)
	}
	for _, t := range list {
		l, err := opener(ctx)
		if err != nil {
			return sites, &openError{err}
		}
		s := site{target: t, launcher: l}
		sites = append(sites, s)
		p, ok := l.(Preparer)
		if !ok {
			continue
		}
		o.observe("preparing %s for the runtime %s", t.Name, l.Runtime())
		if t.URL == "" {
			if s.issuer, err = p.Prepare(ctx, t); err != nil {
				return sites, fmt.Errorf("prepare %s: %w", t.Name, err)
			}
		}
		if s.verifier, err = p.Prepare(ctx, verifierTarget()); err != nil {
			return sites, fmt.Errorf("prepare the verifier of %s: %w", t.Name, err)
		}
		sites[len(sites)-1] = s
	}
	return sites, nil
}

// openError is errOpen in an opener's own words.
type openError struct{ err error }

func (e *openError) Error() string   { return e.err.Error() }
func (e *openError) Unwrap() []error { return []error{errOpen, e.err} }

func (o Options) observe(format string, args ...any) {
	if o.Observer != nil {
		o.Observer(fmt.Sprintf(format, args...))
	}
}

func closeAll(ctx context.Context, sites []site) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	var errs []error
	for _, s := range sites {
		if err := s.launcher.Close(ctx); err != nil {
			errs = append(errs, fmt.Errorf("close the launcher of %s: %w", s.target.Name, err))
		}
	}
	return errors.Join(errs...)
}
