package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// The test binary is the server under test as well, when its first argument says
// so.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "server" {
		server(os.Args[2], os.Args[3], os.Args[4:])
	}
	if len(os.Args) > 3 && os.Args[1] == "harness" {
		harness(os.Args[2], os.Args[3])
	}
	if len(os.Args) > 3 && os.Args[1] == "setup" {
		count(filepath.Join(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// count is a set-up: it counts how often it was run in the folder.
func count(path string) {
	data, _ := os.ReadFile(path) // not there at first
	n, _ := strconv.Atoi(string(data))
	if err := os.WriteFile(path, []byte(strconv.Itoa(n+1)), 0o600); err != nil {
		panic(err)
	}
	os.Exit(0)
}

// harness starts a server, prints its number, and waits to be killed.
func harness(behaviour, port string) {
	l, err := New(Options{Self: os.Args[0], Cache: os.TempDir()})
	if err != nil {
		panic(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		panic(err)
	}
	r, err := l.Launch(context.Background(), targets.Service{
		Name: "issuer", Port: n, Ready: "/healthz", Timeout: 20 * time.Second,
		Command: []string{"${self}", "server", behaviour, "${listen}"},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.(*running).cmd.Process.Pid)
	os.RemoveAll(r.(*running).private)
	time.Sleep(time.Hour)
}

func server(behaviour, listen string, secrets []string) {
	for _, path := range secrets {
		info, err := os.Stat(path)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("secret has mode", info.Mode())
	}
	switch behaviour {
	case "die":
		fmt.Fprintln(os.Stderr, "no reason to live")
		os.Exit(3)
	case "silent":
		time.Sleep(time.Hour)
	case "parent": // of a child that outlives it unless somebody cares
		child := exec.Command(os.Args[0], "server", "silent", listen)
		if err := child.Start(); err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString(fmt.Sprintf("child %d\n", child.Process.Pid)) // in one piece
	case "eof":
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	http.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("GET /die", func(http.ResponseWriter, *http.Request) { os.Exit(4) })
	fmt.Println(http.ListenAndServe(listen, nil))
	os.Exit(1)
}

func launcher(t *testing.T) *Launcher {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l, err := New(Options{Self: self, Cache: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func service(t *testing.T, behaviour string) targets.Service {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return targets.Service{
		Name: "issuer", Port: l.Addr().(*net.TCPAddr).Port, Ready: "/healthz", Timeout: 20 * time.Second,
		Command: []string{"${self}", "server", behaviour, "${listen}", "${registration}"},
		Secrets: map[string][]byte{"registration": []byte("secret")},
	}
}

// launch starts a service and, in time, checks that nothing of it is left.
func launch(t *testing.T, behaviour string) *running {
	t.Helper()
	started, err := launcher(t).Launch(t.Context(), service(t, behaviour))
	if err != nil {
		t.Fatal(err)
	}
	r := started.(*running)
	t.Cleanup(func() {
		for range 2 {
			if err := r.Stop(context.Background()); err != nil {
				t.Errorf("stop: %v", err)
			}
		}
		<-r.Done()
		if _, err := os.Stat(r.private); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the secrets are still there: %v", err)
		}
	})
	return r
}

func TestLaunch(t *testing.T) {
	t.Parallel()
	r := launch(t, "serve")
	if p := r.Provenance(); p.Name != "issuer" || p.Runtime != "process" || p.Program != filepath.Base(os.Args[0]) {
		t.Errorf("provenance %+v", p)
	}
	select {
	case <-r.Done():
		t.Error("done while it runs")
	default:
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := r.Logs(), "secret has mode -rw-------"; got != want {
		t.Errorf("logs %q, want %q", got, want)
	}
}

func TestLaunchFails(t *testing.T) {
	for _, test := range []struct {
		name, behaviour string
		change          func(*targets.Service)
		want            error
		text            string
	}{
		{"dies", "die", func(*targets.Service) {}, targets.ErrDied, "exit status 3; its last lines:\n  secret has mode -rw-------\n  no reason to live"},
		{"never ready", "silent", func(s *targets.Service) { s.Timeout = 200 * time.Millisecond }, targets.ErrNotReady, "no connection after 200ms"},
		{"never 200", "serve", func(s *targets.Service) { s.Ready, s.Timeout = "/absent", 2*time.Second }, targets.ErrNotReady, "status 404 after 2s"},
		{"no program", "serve", func(s *targets.Service) { s.Command[0] = "/no/such/program" }, os.ErrNotExist, "launch issuer"},
		{"bad placeholder", "serve", func(s *targets.Service) { s.Command[3] = "${listn}" }, nil, "did you mean \"listen\"?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			s := service(t, test.behaviour)
			test.change(&s)
			_, err := launcher(t).Launch(t.Context(), s)
			if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %v, want %v with %q", err, test.want, test.text)
			}
			if left, _ := filepath.Glob(filepath.Join(temp, "oauthmark-*")); len(left) > 0 {
				t.Errorf("secrets left: %v", left)
			}
		})
	}
}

func TestLaunchCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := service(t, "silent")
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := launcher(t).Launch(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestDiesLater(t *testing.T) {
	t.Parallel()
	r := launch(t, "serve")
	if resp, err := http.Get(r.URL() + "/die"); err == nil {
		resp.Body.Close()
	}
	<-r.Done()
	if got := r.ending(); got != "exit status 4" {
		t.Errorf("ending %q", got)
	}
}

// childOf returns the number that the service printed, as soon as it is read.
func childOf(t *testing.T, r *running) int {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, after, found := strings.Cut(r.Logs(), "child "); found {
			if pid, err := strconv.Atoi(after); err == nil {
				return pid
			}
		}
	}
	t.Fatalf("no child in %q", r.Logs())
	return 0
}
