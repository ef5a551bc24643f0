package procfs

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// Group sums the processes of a process group: CPU time, and the peaks of resident
// memory, of which the sum is an upper bound. ok is false when there is none.
func Group(pgid int) (u results.Usage, ok bool) {
	return sum(func(_ string, p process) bool { return p.group == pgid })
}

// Family sums a process and its children, for one whose children leave its group.
func Family(pid int) (u results.Usage, ok bool) {
	self := filepath.Join("/proc", strconv.Itoa(pid))
	return sum(func(dir string, p process) bool { return pid > 0 && (dir == self || p.parent == pid) })
}

// Container sums the processes in the control groups that are named after the
// container's id. An engine in a virtual machine has none here.
func Container(id string) (u results.Usage, ok bool) {
	return sum(func(dir string, _ process) bool {
		groups, err := os.ReadFile(filepath.Join(dir, "cgroup"))
		return err == nil && id != "" && bytes.Contains(groups, []byte(id))
	})
}

func sum(which func(dir string, p process) bool) (u results.Usage, ok bool) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended since it was listed
		}
		if p, parsed := parseStat(data); parsed && which(filepath.Dir(path), p) {
			ok = true
			add(&u, filepath.Dir(path), p)
		}
	}
	return u, ok
}

// add adds what the process below dir has used. Its own CPU time is that of its
// threads in nanoseconds, where the kernel keeps it; ticks of 10 ms are as long as
// a fast server works on a whole step.
func add(u *results.Usage, dir string, p process) {
	cpu, precise := threads(dir)
	if ticked := float64(p.own) / ticksPerSecond; !precise || cpu < ticked-1.0/ticksPerSecond {
		cpu = ticked // threads that have ended count in the ticks alone
	}
	u.CPUSeconds += cpu + float64(p.children)/ticksPerSecond
	if status, err := os.ReadFile(filepath.Join(dir, "status")); err == nil {
		u.PeakBytes += peak(status)
	}
}

// threads sums the time on a processor, in seconds, of the threads that live, from
// /proc/PID/task/TID/schedstat.
func threads(dir string) (seconds float64, ok bool) {
	files, _ := filepath.Glob(filepath.Join(dir, "task", "[0-9]*", "schedstat"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(string(data), " ")
		if ns, err := strconv.ParseInt(first, 10, 64); err == nil {
			seconds += float64(ns) / 1e9
			ok = true
		}
	}
	return seconds, ok
}

// ticksPerSecond is USER_HZ, which /proc counts in: 100 on every platform that Go
// supports.
const ticksPerSecond = 100

// process is what /proc/PID/stat tells of a process; see proc_pid_stat(5).
type process struct {
	parent   int
	group    int
	own      int64 // ticks of its threads, those that have ended among them
	children int64 // ticks of children that have ended
}

// parseStat reads /proc/PID/stat. The second field is the program's name in
// parentheses, which may hold anything.
func parseStat(data []byte) (p process, ok bool) {
	_, after, found := bytes.Cut(data[max(0, bytes.LastIndexByte(data, ')')):], []byte(") "))
	fields := strings.Fields(string(after)) // from the third, the state
	if !found || len(fields) < 15 {
		return p, false
	}
	var n [6]int64
	for i, at := range []int{1, 2, 11, 12, 13, 14} { // ppid pgrp utime stime cutime cstime
		v, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return p, false
		}
		n[i] = v
	}
	return process{parent: int(n[0]), group: int(n[1]), own: n[2] + n[3], children: n[4] + n[5]}, true
}

// peak reads VmHWM, the peak of resident memory in bytes, from /proc/PID/status.
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
