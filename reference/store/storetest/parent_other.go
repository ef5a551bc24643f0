//go:build !linux

package storetest

import "syscall"

// bindToParent does nothing: the process ends with the test that started it.
func bindToParent(*syscall.SysProcAttr) {}
