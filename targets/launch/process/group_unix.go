//go:build unix

package process

import (
	"errors"
	"os/exec"
	"syscall"
)

// ownGroup makes the command the leader of a process group, which a Ctrl-C at the
// terminal doesn't reach: we decide when it ends.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}

func askGroup(cmd *exec.Cmd) error  { return signalGroup(cmd, syscall.SIGTERM) }
func killGroup(cmd *exec.Cmd) error { return signalGroup(cmd, syscall.SIGKILL) }

// signalGroup does nothing when the group is empty.
func signalGroup(cmd *exec.Cmd, s syscall.Signal) error {
	err := syscall.Kill(-cmd.Process.Pid, s)
	// EPERM is what macOS answers for a group of zombies.
	if errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EPERM) {
		return nil
	}
	return err
}

// alive says that there is such a process, which may be somebody else's.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
