package container

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/oauthmark/oauthmark/targets"
)

// The test binary is also a run beside the test's own, when its first argument says so.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "harness" {
		if err := harness(os.Args[2], os.Args[3:]); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// harness starts services, prints the image, the network and the services' addresses,
// and cleans up when its standard input ends.
func harness(self string, names []string) error {
	ctx := context.Background()
	l, err := New(ctx, self)
	if err != nil {
		return err
	}
	t := targets.Target{Name: "product", Container: &targets.ContainerSpec{Image: "self"}}
	if _, err := l.Prepare(ctx, t); err != nil {
		return err
	}
	said := []string{l.self, l.network}
	for _, name := range names {
		r, err := l.Launch(ctx, service(l.self, name, "serve"))
		if err != nil {
			return err
		}
		said = append(said, r.URL())
	}
	fmt.Println(strings.Join(said, " "))
	_, _ = io.Copy(io.Discard, os.Stdin)
	return l.Close(ctx)
}

type run struct {
	cmd            *exec.Cmd
	image, network string
	urls           []string
	end            func() error
}

func start(t *testing.T, self string, names ...string) run {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"harness", self}, names...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() }) // fails for one that has ended
	line, _ := bufio.NewReader(out).ReadString('\n')
	said := strings.Fields(line)
	if len(said) != 2+len(names) {
		t.Fatalf("the run says %q", line)
	}
	return run{cmd, said[0], said[1], said[2:], func() error { in.Close(); return cmd.Wait() }}
}

// TestNextStart kills a run in a way that leaves it nothing to do, beside one that
// lives and one that hasn't started its servers yet.
func TestNextStart(t *testing.T) {
	engine := launcher(t).engine
	ctx := t.Context()
	killed := start(t, server(t, "old"), "issuer", "verifier")
	living := start(t, server(t, "other"), "issuer")
	waiting := start(t, server(t, "third"))
	if err := killed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.cmd.Wait() // killed
	exited := killed.network + "-issuer"
	if _, err := engine.ContainerKill(ctx, exited, client.ContainerKillOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(killed.network, fmt.Sprintf("oauthmark-%d-", killed.cmd.Process.Pid)) || !strings.HasSuffix(killed.network, "-product") {
		t.Errorf("network %s, want the run's process and the target in its name", killed.network)
	}

	next := launcher(t)
	for what, err := range map[string]error{
		"the exited container": inspect(ctx, engine, "container", exited),
		"the running one":      inspect(ctx, engine, "container", killed.network+"-verifier"),
		"the network":          inspect(ctx, engine, "network", killed.network),
		"the old image":        inspect(ctx, engine, "image", killed.image),
	} {
		if !errdefs.IsNotFound(err) {
			t.Errorf("%s of the killed run: %v, want it gone", what, err)
		}
	}
	for what, err := range map[string]error{
		"the container":                       inspect(ctx, engine, "container", living.network+"-issuer"),
		"the network":                         inspect(ctx, engine, "network", living.network),
		"the image":                           inspect(ctx, engine, "image", living.image),
		"the network without containers":      inspect(ctx, engine, "network", waiting.network),
		"the image that no container has yet": inspect(ctx, engine, "image", waiting.image),
	} {
		if err != nil {
			t.Errorf("%s of a run that lives: %v", what, err)
		}
	}
	if got := status(t, living.urls[0]+"/healthz"); got != http.StatusOK {
		t.Errorf("the server of the living run: status %d", got)
	}

	for _, r := range []run{living, waiting} {
		if err := r.end(); err != nil {
			t.Errorf("the living run: %v", err)
		}
	}
	next.self = living.image
	next.sweep(ctx)
	if err := inspect(ctx, engine, "image", living.image); err != nil {
		t.Errorf("the image of this build: %v", err)
	}
	next.self = ""
	next.sweep(ctx)
	for _, r := range []run{living, waiting} {
		if err := inspect(ctx, engine, "image", r.image); !errdefs.IsNotFound(err) {
			t.Errorf("an image that nobody needs any more: %v, want it gone", err)
		}
	}
}

func inspect(ctx context.Context, c *client.Client, kind, name string) (err error) {
	switch kind {
	case "container":
		_, err = c.ContainerInspect(ctx, name, client.ContainerInspectOptions{})
	case "network":
		_, err = c.NetworkInspect(ctx, name, client.NetworkInspectOptions{})
	case "image":
		_, err = c.ImageInspect(ctx, name)
	}
	return err
}
