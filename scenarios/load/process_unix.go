//go:build unix

package load

import (
	"runtime"
	"syscall"

	"github.com/oauthmark/oauthmark/results"
)

// ownUsage is what this process, the generator, has used since it started.
func ownUsage() (results.Usage, bool) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return results.Usage{}, false
	}
	cpu := float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
	peak := int64(r.Maxrss) << 10 // Linux and the BSDs count kilobytes
	if runtime.GOOS == "darwin" {
		peak = int64(r.Maxrss)
	}
	return results.Usage{Component: "generator", CPUSeconds: cpu, PeakBytes: peak}, true
}

// descriptors is how many files this process may have open; the runtime has raised that
// to what the system allows.
func descriptors() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return unknownDescriptors
	}
	return int(min(uint64(r.Cur), 1<<20))
}
