//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets/launch/procfs"
)

var errAnswer = errors.New("unexpected answer")

// errNotRun is of a bound that this machine lacks something for.
var errNotRun = errors.New("not run")

// child is this program in a process of its own, so that what it uses is known.
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

// serveSelf is the other end of startSelf: it reads the input, serves what is made of
// it, and ends when its input does.
func serveSelf(in io.Reader, out io.Writer, input any, prepare func() (http.Handler, error)) int {
	lines := json.NewDecoder(in)
	if err := lines.Decode(input); err != nil {
		return 4
	}
	handler, err := prepare()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 4
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 4
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		listener.Close()
	}()
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	// The settings are those of 'oauthmark serve', so that handlers are compared, and
	// not what it costs a server to have time limits, or to collect its garbage often.
	ballast := make([]byte, 32<<20)
	defer runtime.KeepAlive(ballast)
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

// paired measures two sides by turns, A B B A, so that a drift of the machine falls
// on both, and returns the median ratio of a's figures to b's.
func paired(ctx context.Context, blocks int, a, b func(context.Context) (float64, error)) (float64, error) {
	var ratios []float64
	for i := range blocks + 1 {
		sides := []func(context.Context) (float64, error){a, b}
		var figures [2]float64
		for j := range sides {
			side := j ^ i%2
			f, err := sides[side](ctx)
			if err != nil {
				return 0, err
			}
			figures[side] = f
		}
		if i > 0 { // the first block warms both up
			ratios = append(ratios, figures[0]/figures[1])
		}
	}
	return median(ratios), nil
}
