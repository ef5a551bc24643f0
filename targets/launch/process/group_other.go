//go:build !unix

package process

import (
	"errors"
	"os"
	"os/exec"
)

// Without process groups only the leader is ended; its children end when their
// standard input does.
func ownGroup(*exec.Cmd) {}

func askGroup(cmd *exec.Cmd) error { return killGroup(cmd) }

func killGroup(cmd *exec.Cmd) error {
	if err := cmd.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// alive says that there is such a process: it can be opened.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release() // ours to give back only
	return true
}
