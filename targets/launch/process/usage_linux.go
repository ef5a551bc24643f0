package process

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// ticksPerSecond is USER_HZ, which /proc counts in: 100 on every platform that Go
// supports.
const ticksPerSecond = 100

// Usage sums the process group: CPU time with that of children that have ended,
// and the peaks of resident memory, of which the sum is an upper bound.
func (r *running) Usage(context.Context) (results.Usage, bool) {
	u := results.Usage{Component: r.name}
	select {
	case <-r.done:
		return u, false
	default:
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return u, false
	}
	found := false
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended since it was listed
		}
		group, ticks, ok := parseStat(data)
		if !ok || group != r.cmd.Process.Pid {
			continue
		}
		found = true
		u.CPUSeconds += float64(ticks) / ticksPerSecond
		if status, err := os.ReadFile(filepath.Join(filepath.Dir(path), "status")); err == nil {
			u.PeakBytes += peak(status)
		}
	}
	return u, found
}

// parseStat reads the group and the CPU time of a process and its ended children
// from /proc/PID/stat; see proc_pid_stat(5). The second field is the program's name
// in parentheses, which may hold anything.
func parseStat(data []byte) (group int, ticks int64, ok bool) {
	_, after, found := bytes.Cut(data[max(0, bytes.LastIndexByte(data, ')')):], []byte(") "))
	fields := strings.Fields(string(after)) // from the third, the state
	if !found || len(fields) < 15 {
		return 0, 0, false
	}
	group, err := strconv.Atoi(fields[2])
	if err != nil {
		return 0, 0, false
	}
	for _, f := range fields[11:15] { // utime stime cutime cstime
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, 0, false
		}
		ticks += n
	}
	return group, ticks, true
}

// peak reads VmHWM, the peak of resident memory, from /proc/PID/status.
func peak(status []byte) int64 {
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err == nil {
				return kib << 10
			}
		}
	}
	return 0
}
