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
