package targets

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing/fstest"

	"github.com/oauthmark/oauthmark/results"
)

// fake is a launcher that starts nothing and writes down what it is asked for.
type fake struct {
	runtime string
	fail    map[string]error // by what is noted: "prepare a", "launch issuer", "stop verifier", "close"

	mu       sync.Mutex
	notes    []string
	services []Service
	running  []*fakeRunning
	occupy   int // listen on the ports of that many launches, as somebody else would
}

var (
	_ Launcher = (*fake)(nil)
	_ Preparer = (*fake)(nil)
)

func (f *fake) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes = append(f.notes, what)
	return f.fail[what]
}

func (f *fake) noted() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.notes, ", ")
}

func (f *fake) open(context.Context) (Launcher, error) {
	if err := f.note("open"); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *fake) Runtime() string             { return f.runtime }
func (f *fake) Close(context.Context) error { return f.note("close") }

func (f *fake) Prepare(_ context.Context, t Target) (Prepared, error) {
	return Prepared{Dir: "dir of " + t.Name, Image: "image of " + t.Name}, f.note("prepare " + t.Name)
}

func (f *fake) Launch(_ context.Context, s Service) (Running, error) {
	if err := f.note("launch " + s.Name); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services = append(f.services, s)
	if f.occupy > 0 {
		f.occupy--
		l, err := net.Listen("tcp", loopback(s.Port))
		if err != nil {
			return nil, err
		}
		f.running = append(f.running, &fakeRunning{f: f, squatter: l})
		return nil, &LaunchError{Service: s.Name, Err: ErrDied, Logs: "address in use"}
	}
	r := &fakeRunning{f: f, s: s, done: make(chan struct{})}
	f.running = append(f.running, r)
	return r, nil
}

type fakeRunning struct {
	f        *fake
	s        Service
	done     chan struct{}
	end      sync.Once
	squatter net.Listener
}

func (r *fakeRunning) Name() string          { return r.s.Name }
func (r *fakeRunning) URL() string           { return fmt.Sprintf("http://127.0.0.1:%d", r.s.Port) }
func (r *fakeRunning) Internal() string      { return fmt.Sprintf("http://%s:%d", r.s.Name, r.s.Port) }
func (r *fakeRunning) Done() <-chan struct{} { return r.done }
func (r *fakeRunning) Logs() string          { return "last words of " + r.s.Name }
func (r *fakeRunning) die()                  { r.end.Do(func() { close(r.done) }) }

func (r *fakeRunning) Stop(context.Context) error {
	if err := r.f.note("stop " + r.s.Name); err != nil {
		return err
	}
	r.die()
	return nil
}

func (r *fakeRunning) Provenance() results.Service {
	return results.Service{Name: r.s.Name, Runtime: r.f.runtime}
}

func (r *fakeRunning) Usage(context.Context) (results.Usage, bool) { return results.Usage{}, false }

var errFake = errors.New("fake failure")

// both can run anywhere; processOnly can't run in a container.
func both(name string) Target {
	t := processOnly(name)
	t.Container = &ContainerSpec{Image: "self", Command: []string{"${self}"}, Ready: "/c"}
	t.Files = fstest.MapFS{}
	return t
}

func processOnly(name string) Target {
	return Target{
		Name: name, Version: "1", Issuer: "/as",
		Endpoints:    Endpoints{TokenEndpoint: "/token", IntrospectionEndpoint: "/introspect", JWKSEndpoint: "/jwks", EventsEndpoint: "/events"},
		Capabilities: []Capability{ClientCredentials, Issues(Opaque), Issues("ES256")},
		Process:      &ProcessSpec{Command: []string{"${self}"}, Ready: "/p"},
	}
}

func deathOf(e *Environment) Death { return <-e.Died() }

func names(instances []*Instance) (out []string) {
	for _, in := range instances {
		out = append(out, in.Target.Name)
	}
	return slices.Clip(out)
}
