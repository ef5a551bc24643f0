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
		Kernel:  firstLine("/proc/sys/kernel/osrelease"),
		CPU:     cpuModel(),
		Cores:   runtime.GOMAXPROCS(0),
	}
}

func firstLine(file string) string {
	raw, _ := os.ReadFile(file)
	line, _, _ := strings.Cut(string(raw), "\n")
	return line
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
