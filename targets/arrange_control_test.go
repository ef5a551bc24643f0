package targets

import (
	"errors"
	"strings"
	"testing"
)

// The controls listen beside the issuer, where this process reaches them.
func TestArrangeControl(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	reference := both("a")
	_, in := startOne(t, f, reference)
	got, end, err := in.Arrange(t.Context(), Arrangement{Control: true})
	if err != nil {
		t.Fatal(err)
	}
	command := f.services[2].Command
	at := len(command) - 2
	if at < 1 || command[at] != "--control" || got.Control != "http://"+command[at+1] || got.Control == f.running[2].URL() || !strings.HasPrefix(command[at+1], "127.0.0.1:") {
		t.Errorf("command %v, control %q", command, got.Control)
	}
	if len(reference.Process.Command) != 1 || in.Control != "" {
		t.Errorf("the run's target is %v, %q now", reference.Process.Command, in.Control)
	}
	if err := end(t.Context()); err != nil {
		t.Error(err)
	}

	boxed := &fake{runtime: Container}
	e, err := Start(t.Context(), Options{Runtime: Container, Container: boxed.open, Rand: seeded()}, []Target{both("b")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(t.Context()) })
	if _, _, err := e.Instance("b").Arrange(t.Context(), Arrangement{Control: true}); !errors.Is(err, ErrControl) {
		t.Errorf("in a container: %v", err)
	}
	foreign := both("c")
	foreign.Process.Command = []string{"their-own-program"}
	_, other := startOne(t, &fake{runtime: Process}, foreign)
	if _, _, err := other.Arrange(t.Context(), Arrangement{Control: true}); !errors.Is(err, ErrNotReference) {
		t.Errorf("of another program: %v", err)
	}
}
