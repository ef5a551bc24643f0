package load

import (
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// userHertz is the unit of /proc/stat, which the kernel's interface fixes.
const userHertz = 100

// readMachine reads /proc and the control group. What isn't there stays unknown.
func readMachine() machine {
	m := machine{at: time.Now(), cores: float64(runtime.NumCPU()), busy: -1}
	fields := strings.Fields(firstLine("/proc/stat"))
	if len(fields) > 8 && fields[0] == "cpu" {
		// user, nice and system: what interrupts take belongs to no program.
		m.busy = (number(fields[1]) + number(fields[2]) + number(fields[3])) / userHertz
		m.inUse = m.busy + (number(fields[6])+number(fields[7]))/userHertz
		m.stolen = number(fields[8]) / userHertz
	}
	for line := range strings.Lines(text("/proc/self/cgroup")) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case id == "0" && controllers == "":
			m.throttled += micro(path.Join("/sys/fs/cgroup", group, "cpu.stat"), "throttled_usec ")
		case strings.Contains(","+controllers+",", ",cpu,"):
			m.throttled += micro(path.Join("/sys/fs/cgroup/cpu", group, "cpu.stat"), "throttled_time ") / 1000
		}
	}
	for _, resource := range []string{"memory", "io"} {
		for line := range strings.Lines(text("/proc/pressure/" + resource)) {
			if total, ok := strings.CutPrefix(line, "full "); ok {
				_, total, _ = strings.Cut(strings.TrimSpace(total), "total=")
				m.starved += time.Duration(number(total)) * time.Microsecond
			}
		}
	}
	return m
}

func micro(file, key string) time.Duration {
	for line := range strings.Lines(text(file)) {
		if v, ok := strings.CutPrefix(line, key); ok {
			return time.Duration(number(strings.TrimSpace(v))) * time.Microsecond
		}
	}
	return 0
}

func text(file string) string {
	raw, _ := os.ReadFile(file) // unknown
	return string(raw)
}

func firstLine(file string) string {
	line, _, _ := strings.Cut(text(file), "\n")
	return line
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}
