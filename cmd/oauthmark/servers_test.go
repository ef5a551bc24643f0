package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// wants skips a test that needs more than Go, unless its environment variable asks
// for it; then a lack is a failure.
func wants(t *testing.T, variable, command string) {
	t.Helper()
	if os.Getenv(variable) == "" {
		t.Skipf("needs more than Go: run it with '%s'", command)
	}
}

// TestContainer runs the command with its servers in containers.
func TestContainer(t *testing.T) {
	wants(t, "OAUTHMARK_TEST_CONTAINER", "make test-container")
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/container",
		Cmds:  map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: keep("PATH", "DOCKER_HOST"),
	})
	noContainers(t)
}

// TestReal runs the command on servers that we didn't write.
func TestReal(t *testing.T) {
	wants(t, "OAUTHMARK_TEST_REAL", "make test-real")
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/real",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		// The user's own cache: npm has put the server's packages there before.
		Setup: keep("PATH", "HOME", "XDG_CACHE_HOME"),
	})
}

// keep passes variables of this process on to a script's commands.
func keep(names ...string) func(env *testscript.Env) error {
	return func(env *testscript.Env) error {
		for _, name := range names {
			if value, ok := os.LookupEnv(name); ok && name != "PATH" {
				env.Setenv(name, value)
			}
		}
		return nil
	}
}

// noContainers wants that no container of ours is left, running or not, and no network.
func noContainers(t *testing.T) {
	t.Helper()
	for _, list := range []string{"ps --all", "network ls"} {
		args := append(strings.Fields(list), "--quiet", "--filter", "label=oauthmark.owner")
		out, err := exec.Command("docker", args...).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("docker %s says %v: %s, want that nothing is left", list, err, out)
		}
	}
}
