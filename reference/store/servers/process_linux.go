package servers

import "syscall"

// bind lets the kernel end the process with this one, however that ends. A group of
// its own keeps an interrupt at the terminal from ending it before its client.
func bind(attr *syscall.SysProcAttr) { attr.Pdeathsig, attr.Setpgid = syscall.SIGKILL, true }

// runAs lets another user run the process.
func runAs(attr *syscall.SysProcAttr, uid, gid int) bool {
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return true
}
