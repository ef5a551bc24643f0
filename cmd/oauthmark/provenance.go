package main

import (
	"os"
	"runtime"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// provenance says what this machine and this program are. What the platform
// doesn't tell stays empty.
func provenance(args []string) results.Provenance {
	return results.Provenance{
		Tool:    version(),
		Command: args,
		Go:      runtime.Version(),
		OS:      runtime.GOOS,
		Arch:    runtime.GOARCH,
		Kernel:  kernel(),
		CPU:     cpuModel(),
		Cores:   runtime.GOMAXPROCS(0),
	}
}

// kernel is the version of the kernel, without what its builder appended: that names
// a machine, and a record is passed on.
func kernel() string {
	raw, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	release, _, _ := strings.Cut(strings.TrimSpace(string(raw)), "-")
	return release
}

func cpuModel() string {
	raw, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
