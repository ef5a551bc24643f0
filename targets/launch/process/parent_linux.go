package process

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel kill the command when this program ends; see
// prctl(2), PR_SET_PDEATHSIG.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL }
