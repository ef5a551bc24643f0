package servers

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	patience = 30 * time.Second      // with a server that starts
	pause    = 50 * time.Millisecond // between looks at it
)

// Server is a database server. It is for one user at a time; Kill may be called at
// the same time as anything.
type Server struct {
	URL     string
	Program string // its file's base name
	Version string // as the program tells it; empty when it doesn't

	address string
	folder  string
	command []string
	attr    *syscall.SysProcAttr
	log     bytes.Buffer // read when the process has ended

	mu      sync.Mutex
	process *os.Process
	ended   chan struct{}
}

// start starts a new server, and cleans up if that fails.
func (s *Server) start(ctx context.Context) (*Server, error) {
	bind(s.attr)
	s.Program, s.Version = filepath.Base(s.command[0]), versionOf(ctx, s.command[0])
	if err := s.Start(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Start starts the server and waits until it accepts connections, which may be some
// time before it takes queries.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		// A killed PostgreSQL's children hold its memory for a moment, in which
		// another can't start.
		if !s.runs() {
			if err := s.launch(); err != nil {
				return err
			}
		}
		if conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.address); err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			s.Kill()
			return fmt.Errorf("start %s: it accepts no connection: %w: %s", s.command[0], ctx.Err(), s.log.Bytes())
		case <-time.After(pause):
		}
	}
}

var version = regexp.MustCompile(`\d+(\.\d+)+`)

// versionOf asks a program for its version.
func versionOf(ctx context.Context, program string) string {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return ""
	}
	return string(version.Find(out))
}

// PID is the process of the server, the parent of all others that it has; 0 while it
// doesn't run.
func (s *Server) PID() int {
	if !s.runs() {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process.Pid
}

func (s *Server) runs() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return false
	}
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// launch starts the process from a thread that lives as long, for the kernel ends
// the process with the thread that started it.
func (s *Server) launch() error {
	s.mu.Lock()
	defer s.mu.Unlock()
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
		return fmt.Errorf("start %s: %w", s.command[0], err)
	}
	s.ended = ended
	return nil
}

// Kill ends the server with SIGKILL, so that it has no time to save anything, and
// waits for its end.
func (s *Server) Kill() {
	s.mu.Lock()
	process, ended := s.process, s.ended
	s.mu.Unlock()
	if process == nil {
		return
	}
	_ = process.Kill()
	<-ended
}

// Close ends the server and removes its files. It may be called again.
func (s *Server) Close() error {
	s.Kill()
	var err error
	// A killed server's children may still write for a moment.
	for range 100 {
		if err = os.RemoveAll(s.folder); err == nil {
			return nil
		}
		time.Sleep(pause)
	}
	return fmt.Errorf("remove the files of %s: %w", s.command[0], err)
}
