//go:build !linux

package servers

import "syscall"

// bind does nothing: the process ends when it is closed.
func bind(*syscall.SysProcAttr) {}

// runAs does nothing, and says so.
func runAs(*syscall.SysProcAttr, int, int) bool { return false }
