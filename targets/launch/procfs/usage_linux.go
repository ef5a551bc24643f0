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

// Tree sums a process and all that descend from it, whatever groups they are in: each
// backend of a PostgreSQL server leads one of its own. ok is false when there is none.
func Tree(pid int) (u results.Usage, ok bool) {
	parents := map[int]int{}
	each(func(_ string, p process) { parents[p.id] = p.parent })
	return sum(func(_ string, p process) bool {
		id := p.id
		for range len(parents) { // what is read while it changes might have a ring
			if id == pid {
				return true
			}
			if id = parents[id]; id <= 1 {
				return false
			}
		}
		return false
	})
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
	each(func(dir string, p process) {
		if which(dir, p) {
			ok = true
			add(&u, dir, p)
		}
	})
	return u, ok
}

// each shows all processes.
func each(show func(dir string, p process)) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended since it was listed
		}
		dir := filepath.Dir(path)
		if p, parsed := parseStat(data); parsed {
			p.id, _ = strconv.Atoi(filepath.Base(dir))
			show(dir, p)
		}
	}
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
	id       int
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
	for i, at := range []int{2, 11, 12, 13, 14, 1} { // pgrp utime stime cutime cstime ppid
		v, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return p, false
		}
		n[i] = v
	}
	return process{parent: int(n[5]), group: int(n[0]), own: n[1] + n[2], children: n[3] + n[4]}, true
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
