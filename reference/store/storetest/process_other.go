//go:build !linux

package storetest

import "syscall"

// bindToParent does nothing: the process ends with the test that started it.
func bindToParent(*syscall.SysProcAttr) {}

// runAs does nothing, and says so.
func runAs(*syscall.SysProcAttr, int, int) bool { return false }
