//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/oauthmark/oauthmark/reference/heap"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets/launch/procfs"
)

// server makes what a child serves, of the input that it is told.
type server func(context.Context, *json.Decoder) (http.Handler, error)

// modes are the arguments that make this program a server: a process of its own, so
// that what it uses is known, and isn't counted as the generator's.
func modes() map[string]server {
	return map[string]server{
		serveConstant:  of(constantAnswer),
		serveBare:      of(bareAnswer),
		serveLaw:       of(lawServer),
		serveFilled:    of(filledIssuer),
		serveProtected: of(protectedResource),
	}
}

func of[Input any](prepare func(context.Context, Input) (http.Handler, error)) server {
	return func(ctx context.Context, in *json.Decoder) (http.Handler, error) {
		var input Input
		if err := in.Decode(&input); err != nil {
			return nil, err
		}
		return prepare(ctx, input)
	}
}

// child is this program in a process of its own.
type child struct {
	url   string
	usage func() (results.Usage, bool)
	stop  func()
}

// startSelf starts this program again, tells it what to do, and waits until it says
// where it answers.
func startSelf(ctx context.Context, argument string, input any) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, argument)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group to count
	in, err := cmd.StdinPipe()                            // it ends when this is closed, so it can't outlive us
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", argument, err)
	}
	stop := func() { in.Close(); _ = cmd.Wait() }
	if err := json.NewEncoder(in).Encode(input); err != nil {
		stop()
		return nil, fmt.Errorf("start %s: %w", argument, err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return nil, fmt.Errorf("%s didn't say its address: %w: %s", argument, err, complaints.String())
	}
	group := cmd.Process.Pid
	return &child{strings.TrimSpace(line), func() (results.Usage, bool) { return procfs.Group(group) }, stop}, nil
}

// serve is the other end of startSelf: it reads the input, serves what is made of it,
// and ends when its input does.
func serve(ctx context.Context, in io.Reader, out, errs io.Writer, prepare server) int {
	// The settings are those of 'oauthmark serve', so that handlers are compared, and
	// not what it costs a server to have time limits, or to collect its garbage often.
	defer heap.Hold()()
	handler, err := prepare(ctx, json.NewDecoder(in))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 4
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(errs, err)
		return 4
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		listener.Close()
	}()
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	_ = server.Serve(listener)
	return 0
}
