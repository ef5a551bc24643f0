package container

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestRunsIn(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	static := filepath.Join(t.TempDir(), "static")
	build := exec.Command("go", "build", "-o", static, "./testdata/server")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	other := map[bool]string{true: "arm64", false: "amd64"}[runtime.GOARCH == "amd64"]
	for _, test := range []struct{ name, path, arch, want string }{
		{"static", static, runtime.GOARCH, ""},
		{"another architecture", static, other, "the container engine for " + other},
		{"not a program", script, "amd64", "not a Linux program"},
		{"absent", script + "x", "amd64", "not a Linux program"},
	} {
		err := runsIn(test.path, test.arch)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "CGO_ENABLED=0")):
			t.Errorf("%s: error %v, want %q and the remedy", test.name, err, test.want)
		}
	}
}

func TestRunsInDynamic(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	for arch := range machines {
		err := runsIn(shell, arch)
		if err == nil {
			t.Errorf("%s: a shell passes for a static program", arch)
		}
	}
}

func TestOwnerDead(t *testing.T) {
	t.Parallel()
	me, err := thisProcess()
	if err != nil {
		t.Skip(err)
	}
	with := func(change func(*owner)) string {
		o := me
		change(&o)
		return o.String()
	}
	gone := exec.Command("go", "version")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, label string
		want        bool
	}{
		{"itself", me.String(), false},
		{"its number, used before", with(func(o *owner) { o.started = "1" }), true},
		{"an ended process", with(func(o *owner) { o.pid = gone.Process.Pid }), true},
		{"another machine", with(func(o *owner) { o.host, o.started = "elsewhere", "1" }), false},
		{"another namespace", with(func(o *owner) { o.namespace, o.started = "pid:[1]", "1" }), false},
		{"nonsense", "a/b", false},
		{"nothing", "", false},
	} {
		if got := me.dead(test.label); got != test.want {
			t.Errorf("%s: dead is %v, want %v", test.name, got, test.want)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"unix:///var/run/docker.sock": true, "npipe:////./pipe/docker": true,
		"tcp://127.0.0.1:2375": true, "tcp://localhost:2375": true, "tcp://[::1]:2375": true,
		"tcp://10.0.0.7:2375": false, "tcp://build.example:2376": false, "ssh://build.example": false,
	} {
		if got := local(host); got != want {
			t.Errorf("local(%q) is %v, want %v", host, got, want)
		}
	}
}
