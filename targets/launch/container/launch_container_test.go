package container

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/oauthmark/oauthmark/targets"
)

// These tests need an engine. They run when OAUTHMARK_TEST_CONTAINER is 1, and then
// the absence of an engine is a failure.
func launcher(t *testing.T) *Launcher {
	t.Helper()
	if os.Getenv("OAUTHMARK_TEST_CONTAINER") != "1" {
		t.Skip("OAUTHMARK_TEST_CONTAINER is not 1")
	}
	l, err := New(t.Context(), server(t, "current"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		clean := context.Background()
		if err := l.Close(clean); err != nil {
			t.Error(err)
		}
		f := make(client.Filters).Add("label", labelLauncher+"="+l.labels[labelLauncher])
		left, err := l.engine.ContainerList(clean, client.ContainerListOptions{All: true, Filters: f})
		if err != nil || len(left.Items) != 0 {
			t.Errorf("containers left: %v, %v", left.Items, err)
		}
		nets, err := l.engine.NetworkList(clean, client.NetworkListOptions{Filters: f})
		if err != nil || len(nets.Items) != 0 {
			t.Errorf("networks left: %v, %v", nets.Items, err)
		}
		for name := range l.images {
			if _, err := l.engine.ImageRemove(clean, name, client.ImageRemoveOptions{PruneChildren: true}); unlessGone(err) != nil {
				t.Error(err)
			}
		}
	})
	return l
}

// server builds testdata/server. Another name makes another build of it: what comes
// after a program's end is part of the image, and isn't looked at.
func server(t *testing.T, name string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "server")
	build := exec.Command("go", "build", "-o", path, "./testdata/server")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(name); err != nil {
		t.Fatal(err)
	}
	return path
}

func service(image, name, behaviour string) targets.Service {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return targets.Service{
		Name: name, Port: l.Addr().(*net.TCPAddr).Port, Ready: "/healthz", Timeout: 20 * time.Second, Image: image,
		Command: []string{"${self}", behaviour, "${listen}", "${config}"},
		Secrets: map[string][]byte{"config": []byte("secret")},
	}
}

func serve(t *testing.T, l *Launcher, name, behaviour string) targets.Service {
	t.Helper()
	p, err := l.Prepare(t.Context(), targets.Target{Name: "test", Container: &targets.ContainerSpec{Image: "self"}})
	if err != nil {
		t.Fatal(err)
	}
	return service(p.Image, name, behaviour)
}

func TestLaunch(t *testing.T) {
	l := launcher(t)
	issuer, err := l.Launch(t.Context(), serve(t, l, "issuer", "serve"))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := l.Launch(t.Context(), serve(t, l, "verifier", "serve"))
	if err != nil {
		t.Fatal(err)
	}
	if got := status(t, verifier.URL()+"/reach?address="+strings.TrimPrefix(issuer.Internal(), "http://")); got != 200 {
		t.Errorf("the verifier reaches the issuer: status %d", got)
	}
	if p := issuer.Provenance(); !strings.HasPrefix(p.Image, "sha256:") || p.Runtime != "container" {
		t.Errorf("provenance %+v", p)
	}
	if u, ok := issuer.Usage(t.Context()); !ok || u.CPUSeconds <= 0 || u.Component != "issuer" {
		t.Errorf("usage %+v, %v", u, ok)
	}
	if want := "read 6 bytes, user 65532, error <nil>"; issuer.Logs() != want {
		t.Errorf("logs %q, want %q", issuer.Logs(), want)
	}
	inspect, err := l.engine.ContainerInspect(t.Context(), issuer.(*running).id, client.ContainerInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if h := inspect.Container.HostConfig; len(h.CapDrop) != 1 || len(h.SecurityOpt) != 1 {
		t.Errorf("our own server may do more than it has to: dropped %v, options %v", h.CapDrop, h.SecurityOpt)
	}
	for port, bindings := range inspect.Container.NetworkSettings.Ports {
		for _, b := range bindings {
			if !b.HostIP.IsLoopback() {
				t.Errorf("port %s is published on %s", port, b.HostIP)
			}
		}
	}
	for range 2 {
		if err := issuer.Stop(t.Context()); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
	<-issuer.Done()

	resp, err := http.Get(verifier.URL() + "/die")
	if err == nil {
		resp.Body.Close()
	}
	<-verifier.Done()
	if got := verifier.Logs(); !strings.HasSuffix(got, "asked to die, token [redacted]") {
		t.Errorf("logs of the dead %q", got)
	}
	if err := verifier.Stop(t.Context()); err != nil {
		t.Errorf("stop of the dead: %v", err)
	}
	if got := verifier.Logs(); !strings.Contains(got, "asked to die") {
		t.Errorf("logs of the removed %q", got)
	}
}

func TestLaunchFails(t *testing.T) {
	l := launcher(t)
	for _, test := range []struct {
		behaviour string
		timeout   time.Duration
		want      error
		log       string
	}{
		{"die", 20 * time.Second, targets.ErrDied, "no reason to live"},
		{"silent", 300 * time.Millisecond, targets.ErrNotReady, "read 6 bytes"},
	} {
		t.Run(test.behaviour, func(t *testing.T) {
			s := serve(t, l, "issuer", test.behaviour)
			s.Timeout = test.timeout
			_, err := l.Launch(t.Context(), s)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.log) {
				t.Errorf("error %v, want %v with %q", err, test.want, test.log)
			}
		})
	}
}

func status(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
