package storetest

import "syscall"

// bindToParent lets the kernel end the process with this one, however that ends.
func bindToParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
