package storetest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a database server under test.
type Server struct {
	URL     string
	command []string // empty for a server that was there
	attr    *syscall.SysProcAttr
	log     bytes.Buffer
	process *os.Process
	ended   chan struct{}
}

const (
	envStores   = "OAUTHMARK_TEST_STORES" // start servers; a lack of one is a failure
	envPostgres = "OAUTHMARK_TEST_POSTGRES"
	envRedis    = "OAUTHMARK_TEST_REDIS"
)

// wanted returns the server at the URL in the environment, or nil to start one.
func wanted(t testing.TB, name, env string) *Server {
	t.Helper()
	if url := os.Getenv(env); url != "" {
		return &Server{URL: url}
	}
	if os.Getenv(envStores) == "" {
		t.Skipf("needs a %s server: run make test-stores, or give its URL in %s", name, env)
	}
	return nil
}

// Postgres returns a PostgreSQL server: the one whose URL the environment holds, or
// one started from the machine's package, which ends with the test.
func Postgres(t testing.TB) *Server {
	t.Helper()
	if s := wanted(t, "PostgreSQL", envPostgres); s != nil {
		return s
	}
	attr, owner := unprivileged(t)
	dir := folder(t, owner)
	data := filepath.Join(dir, "data")
	initialize := exec.Command(program(t, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initialize.SysProcAttr, initialize.Dir = attr, dir
	if out, err := initialize.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	port := freePort(t)
	s := &Server{
		URL:  "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable",
		attr: attr,
		command: []string{program(t, "postgres"), "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1",
			"-c", "unix_socket_directories="},
	}
	return s.run(t)
}

// Redis returns a Redis server that confirms nothing before it is on the disk.
func Redis(t testing.TB) *Server {
	t.Helper()
	if s := wanted(t, "Redis", envRedis); s != nil {
		return s
	}
	port := freePort(t)
	s := &Server{
		URL:  "redis://127.0.0.1:" + port + "/0",
		attr: &syscall.SysProcAttr{},
		command: []string{program(t, "redis-server"), "--bind", "127.0.0.1", "--port", port, "--dir", folder(t, -1),
			"--appendonly", "yes", "--appendfsync", "always", "--save", ""},
	}
	return s.run(t)
}

func (s *Server) run(t testing.TB) *Server {
	t.Helper()
	bindToParent(s.attr)
	s.Start(t)
	t.Cleanup(func() { s.Kill() })
	return s
}

// Ours reports whether the server was started for the test, which may do with it as
// it likes.
func (s *Server) Ours() bool { return len(s.command) > 0 }

// Start starts the server and waits until it accepts connections.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	const patience = 30 * time.Second
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if s.ended == nil || isDone(s.ended) {
			// A killed PostgreSQL's children hold its memory for a moment, in which
			// another can't start.
			s.launch(t)
		}
		address := s.URL[strings.Index(s.URL, "127.0.0.1"):]
		address, _, _ = strings.Cut(address, "/")
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			s.Kill()
			t.Fatalf("%s accepts no connection:\n%s", s.command[0], s.log.String())
		}
	}
}

// launch starts the process from a thread that lives as long, for the kernel ends
// the process with the thread that started it.
func (s *Server) launch(t testing.TB) {
	t.Helper()
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(ended)
		cmd := exec.Command(s.command[0], s.command[1:]...)
		cmd.SysProcAttr, cmd.Stdout, cmd.Stderr, cmd.Dir = s.attr, &s.log, &s.log, os.TempDir()
		cmd.WaitDelay = time.Second
		err := cmd.Start()
		s.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", s.command[0], err)
	}
	s.ended = ended
}

// Kill ends the server with SIGKILL: it has no time to save anything.
func (s *Server) Kill() {
	if s.process != nil {
		_ = s.process.Kill()
		<-s.ended
	}
}

func isDone(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// program finds a program, in Debian's folder for PostgreSQL's, too.
func program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		return found[len(found)-1]
	}
	t.Fatalf("%s is set, and there is no %s on this machine", envStores, name)
	return ""
}

// unprivileged returns how to run a program that refuses to be run by root.
func unprivileged(t testing.TB) (*syscall.SysProcAttr, int) {
	t.Helper()
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, -1
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatalf("PostgreSQL doesn't run as root: %v", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	attr := &syscall.SysProcAttr{}
	if !runAs(attr, uid, gid) {
		t.Fatal("PostgreSQL doesn't run as root, and only on Linux is it run as another")
	}
	return attr, uid
}

// folder makes a folder of that user; unlike a test's own, its parents let others in.
func folder(t testing.TB, owner int) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "oauthmark-store-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A killed server's children may still write for a moment.
		for range 50 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Errorf("%s can't be removed", dir)
	})
	if owner >= 0 {
		if err := os.Chown(dir, owner, -1); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}
