// Package procfs reads from /proc what processes have used. Both launchers ask it:
// a container's processes are this machine's too, where its engine is.
package procfs
