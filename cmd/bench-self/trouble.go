//go:build unix

package main

import (
	"fmt"
	"os/exec"
	"runtime"
)

// trouble is what happens to the generator of a load in the middle of a step. A step that
// it spoils must not pass.
type trouble string

const (
	none       trouble = "none"
	stopped50  trouble = "stopped for 50 ms"
	stopped500 trouble = "stopped for 500 ms"
	neighbours trouble = "busy neighbours" // as many as there are processors
)

// make begins the trouble and returns what ends it.
func (t trouble) make() (end func(), err error) {
	script, n := "", 1
	switch t {
	case none:
		return func() {}, nil
	case stopped50:
		script = "sleep 1; kill -STOP $PPID; sleep 0.05; kill -CONT $PPID"
	case stopped500:
		script = "sleep 1; kill -STOP $PPID; sleep 0.5; kill -CONT $PPID"
	case neighbours:
		script, n = "while :; do :; done", runtime.NumCPU()
	}
	var all []*exec.Cmd
	end = func() {
		for _, cmd := range all {
			// A script that stops this process must end by itself, or nobody would start it again.
			if t == neighbours {
				_ = cmd.Process.Kill()
			}
			_ = cmd.Wait()
		}
	}
	for range n {
		cmd := exec.Command("sh", "-c", script)
		if err := cmd.Start(); err != nil {
			end()
			return nil, fmt.Errorf("make trouble %q: %w", t, err)
		}
		all = append(all, cmd)
	}
	return end, nil
}
