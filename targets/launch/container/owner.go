package container

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

const (
	labelOwner    = "oauthmark.owner"    // the process that has to remove it
	labelLauncher = "oauthmark.launcher" // one of that process's launchers
	labelNeeds    = "oauthmark.needs"    // the image of this program that the launcher uses
	labelSelf     = "oauthmark.self"     // an image of this program
)

// owner names a process for as long as its machine is up: process numbers are used
// again, and mean something within one machine and one namespace only.
type owner struct {
	host, namespace string
	pid             int
	started         string // in clock ticks since the machine started
}

func thisProcess() (owner, error) {
	host, err := os.Hostname()
	if err != nil {
		return owner{}, fmt.Errorf("name this process: %w", err)
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return owner{}, fmt.Errorf("name this process: %w", err)
	}
	o := owner{host: host, namespace: namespace, pid: os.Getpid()}
	if o.started = startOf(o.pid); o.started == "" {
		return owner{}, fmt.Errorf("name this process: /proc doesn't tell when it started")
	}
	return o, nil
}

func (o owner) String() string {
	return strings.Join([]string{o.host, o.namespace, strconv.Itoa(o.pid), o.started}, "/")
}

// dead says that the label names a process that this process could see and that
// is no more. What it can't judge is alive.
func (o owner) dead(label string) bool {
	parts := strings.Split(label, "/")
	if len(parts) != 4 || parts[0] != o.host || parts[1] != o.namespace {
		return false
	}
	pid, err := strconv.Atoi(parts[2])
	return err == nil && startOf(pid) != parts[3]
}

// startOf reads the 22nd field of /proc/PID/stat; see proc_pid_stat(5). It is empty
// when there is no such process.
func startOf(pid int) string {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	s := string(data)
	fields := strings.Fields(s[strings.LastIndexByte(s, ')')+1:]) // from the third
	if len(fields) < 20 {
		return ""
	}
	return fields[19]
}
