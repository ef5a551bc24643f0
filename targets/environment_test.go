package targets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	refissuer "github.com/oauthmark/oauthmark/reference/issuer"
	refverifier "github.com/oauthmark/oauthmark/reference/verifier"
)

func TestStart(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Container}
	var events []string
	e, err := Start(t.Context(), Options{
		Runtime: Container, Container: f.open, Rand: seeded(),
		Observer: func(event string) { events = append(events, event) },
	}, []Target{both("a"), both("b")})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(e.Instances()); !slices.Equal(got, []string{"a", "b"}) || e.Instance("c") != nil {
		t.Errorf("instances %v", got)
	}
	in := e.Instance("b")
	issuer, verifier := f.services[2], f.services[3]
	base := fmt.Sprintf("http://127.0.0.1:%d", issuer.Port)
	if in.Issuer != base+"/as" || in.Verifier != fmt.Sprintf("http://127.0.0.1:%d", verifier.Port) ||
		!maps.Equal(in.Endpoints, both("b").Endpoints.below(base)) {
		t.Errorf("instance %+v", in)
	}
	if issuer.Ready != "/c" || issuer.Timeout != time.Minute || issuer.Image != "image of b" || issuer.Values["issuer"] != in.Issuer ||
		!reflect.DeepEqual(issuer.Spec, *in.Target.Container) || issuer.Files == nil {
		t.Errorf("issuer %+v", issuer)
	}
	if p := in.Provenance; p.Runtime != Container || p.RuntimeReason != "" || p.Version != "1" || len(p.Services) != 2 {
		t.Errorf("provenance %+v", p)
	}

	reg, err := refissuer.ParseConfig(bytes.NewReader(issuer.Secrets["registration"]))
	if err != nil || !reflect.DeepEqual(reg, in.registration()) || len(reg.Clients) != 4 {
		t.Errorf("registration %+v, %v, want %+v", reg, err, in.registration())
	}
	config, err := refverifier.ParseConfig(bytes.NewReader(verifier.Secrets["config"]))
	if err != nil {
		t.Fatal(err)
	}
	inside := fmt.Sprintf("http://issuer:%d", issuer.Port)
	want := refverifier.Config{
		Issuer: in.Issuer, Resource: in.Audience, Algorithms: []string{"ES256"}, Cache: refverifier.DefaultCache(),
		IntrospectionEndpoint: inside + "/introspect", JWKSURI: inside + "/jwks", EventsURI: inside + "/events",
		ClientID: "resource-server", ClientSecret: in.Introspector.Secret, Ahead: refverifier.Duration(5 * time.Second), MaxToken: 256 << 10, Routes: routes(),
	}
	if !reflect.DeepEqual(config, want) {
		t.Errorf("verifier's configuration %+v, want %+v", config, want)
	}

	for range 2 {
		if err := e.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	order := "open, prepare a, prepare verifier, open, prepare b, prepare verifier, " +
		"launch issuer, launch verifier, launch issuer, launch verifier, " +
		"stop verifier, stop issuer, stop verifier, stop issuer, close, close"
	if f.noted() != order {
		t.Errorf("order %s, want %s", f.noted(), order)
	}
	if all := strings.Join(events, "; "); !strings.Contains(all, "starting the verifier of b (container)") {
		t.Errorf("events %s", all)
	}
	select {
	case d := <-e.Died():
		t.Errorf("a stopped service counts as dead: %v", d)
	default:
	}
}

func TestStartChoosesRuntime(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, runtime string
		list          []Target
		noEngine      error
		noImage       error
		used, reason  string
		err           string
	}{
		{name: "auto", runtime: Auto, list: []Target{both("a")}, used: Container, reason: "every target can run in it"},
		{name: "auto, one can't", runtime: Auto, list: []Target{both("a"), processOnly("b")}, used: Process, reason: "b can't run as a container"},
		{name: "auto, no engine", runtime: Auto, list: []Target{both("a")}, noEngine: errFake, used: Process, reason: "no containers: fake failure"},
		{name: "auto, no image", runtime: Auto, list: []Target{both("a")}, noImage: errFake, used: Process, reason: "prepare a: fake failure"},
		{name: "process", runtime: Process, list: []Target{both("a")}, used: Process},
		{name: "container, one can't", runtime: Container, list: []Target{processOnly("b")}, err: "b can't run as a container; use the runtime process"},
		{name: "container, no engine", runtime: Container, list: []Target{both("a")}, noEngine: errFake, err: "fake failure; or use the runtime process"},
		{name: "unknown", runtime: "contaner", list: []Target{both("a")}, err: `unknown runtime "contaner", did you mean "container"?`},
		{name: "process can't", runtime: Process, list: []Target{{Name: "c", Container: &ContainerSpec{}}}, err: "c can't run as a process; use the runtime container"},
		{name: "neither", runtime: Auto, list: []Target{{Name: "c"}}, err: "and no processes: c can't run as a process"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := &fake{runtime: Container, fail: map[string]error{"open": test.noEngine, "prepare a": test.noImage}}
			p := &fake{runtime: Process}
			e, err := Start(t.Context(), Options{Runtime: test.runtime, Container: c.open, Process: p.open, Rand: seeded()}, test.list)
			if test.err != "" {
				if !errors.Is(err, ErrRuntime) || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q", err, test.err)
				}
				if got := c.noted() + p.noted(); strings.Contains(got, "launch") {
					t.Errorf("something was started: %s", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer e.Stop(t.Context())
			if got := e.Instances()[0].Provenance; got.Runtime != test.used || !strings.Contains(got.RuntimeReason, test.reason) || (test.reason == "") != (got.RuntimeReason == "") {
				t.Errorf("provenance %+v, want %s because %q", got, test.used, test.reason)
			}
			if test.noImage != nil && !strings.HasSuffix(c.noted(), "close") {
				t.Errorf("the container launcher is left open: %s", c.noted())
			}
		})
	}
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ fails, want string }{
		{"prepare b", "open, prepare a, prepare verifier, open, prepare b, close, close"},
		{"launch verifier", "open, prepare a, prepare verifier, open, prepare b, prepare verifier, launch issuer, launch verifier, stop issuer, close, close"},
	} {
		f := &fake{runtime: Process, fail: map[string]error{test.fails: &LaunchError{Service: "x", Err: ErrNotReady, Logs: "last\nwords"}}}
		_, err := Start(t.Context(), Options{Runtime: Process, Process: f.open, Rand: seeded()}, []Target{both("a"), both("b")})
		if !errors.Is(err, ErrNotReady) || !strings.Contains(err.Error(), "its last lines:\n  last\n  words") {
			t.Errorf("%s: error %v", test.fails, err)
		}
		if got := f.noted(); got != test.want {
			t.Errorf("%s: %s, want %s", test.fails, got, test.want)
		}
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	o := Options{Runtime: Process, Process: f.open, Rand: seeded()}
	for want, list := range map[string][]Target{
		"given twice":             {both("a"), both("a")},
		"has not been discovered": {{Name: "a", URL: "http://127.0.0.1:1"}},
	} {
		if _, err := Start(t.Context(), o, list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if f.noted() != "" {
		t.Errorf("something was done: %s", f.noted())
	}
}

// TestStartOnTakenPort has somebody take the first two ports before the service.
func TestStartOnTakenPort(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process, occupy: portAttempts - 1}
	e, err := Start(t.Context(), Options{Runtime: Process, Process: f.open, Rand: seeded()}, []Target{both("a")})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Stop(t.Context())
	for _, r := range f.running[:portAttempts-1] {
		r.squatter.Close()
	}
	if got, want := e.Instances()[0].Issuer, fmt.Sprintf("http://127.0.0.1:%d/as", f.services[portAttempts-1].Port); got != want {
		t.Errorf("issuer %s, want %s", got, want)
	}
}

func TestDied(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	e, err := Start(t.Context(), Options{Runtime: Process, Process: f.open, Rand: seeded()}, []Target{both("a")})
	if err != nil {
		t.Fatal(err)
	}
	f.running[0].die()
	d := deathOf(e)
	if d != (Death{Target: "a", Service: "issuer", Logs: "last words of issuer"}) || !errors.Is(d, ErrDied) {
		t.Errorf("death %+v", d)
	}
	if want := "issuer of a ended by itself; its last lines:\n  last words of issuer"; d.Error() != want {
		t.Errorf("%q, want %q", d.Error(), want)
	}
	if err := e.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStopGoesOn(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	e, err := Start(t.Context(), Options{Runtime: Process, Process: f.open, Rand: seeded()}, []Target{both("a")})
	if err != nil {
		t.Fatal(err)
	}
	f.fail = map[string]error{"stop verifier": errFake}
	f.notes = nil
	if err := e.Stop(context.Background()); !errors.Is(err, errFake) || !strings.Contains(err.Error(), "stop the verifier of a") {
		t.Errorf("error %v", err)
	}
	f.fail = nil
	if err := e.Stop(context.Background()); err != nil {
		t.Errorf("again: %v", err)
	}
	if want := "stop verifier, stop issuer, close, stop verifier, close"; f.noted() != want {
		t.Errorf("%s, want %s", f.noted(), want)
	}
}
