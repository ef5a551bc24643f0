package storetest

import "syscall"

// bindToParent lets the kernel end the process with this one, however that ends.
func bindToParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// runAs lets another user run the process.
func runAs(attr *syscall.SysProcAttr, uid, gid int) bool {
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return true
}
