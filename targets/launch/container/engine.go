package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// probeTimeout bounds how long an engine may take to answer at all.
const probeTimeout = 2 * time.Second

var errNoEngine = errors.New("no container engine answers")

// answering returns a client of the engine in which containers can be started, and
// the architecture that it runs, in Go's words. It takes at most two seconds.
func answering(ctx context.Context) (_ *client.Client, arch string, err error) {
	// testcontainers would start a container of its own, Ryuk, to remove ours when
	// this process dies, and pull its image. This variable is its one switch for
	// that, read at first use. Labels, a lease and sweeping take its place.
	if err := os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true"); err != nil {
		return nil, "", fmt.Errorf("switch Ryuk off: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	// Given an engine that doesn't answer, testcontainers goes on to look for another
	// one. Whoever names an engine means that one.
	if os.Getenv(client.EnvOverrideHost) != "" {
		if err := named(ctx); err != nil {
			return nil, "", fmt.Errorf("%w at %s: start it, or unset %[2]s", errNoEngine, client.EnvOverrideHost)
		}
	}
	found, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("%w: start Docker to use containers", errNoEngine)
	}
	engine := found.Client
	defer func() {
		if err != nil {
			engine.Close()
		}
	}()
	v, err := engine.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return nil, "", fmt.Errorf("%w within %s: start Docker to use containers", errNoEngine, probeTimeout)
	}
	if v.Os != "linux" {
		return nil, "", fmt.Errorf("the container engine runs %s: switch it to Linux containers", v.Os)
	}
	if !local(engine.DaemonHost()) {
		return nil, "", errors.New("the container engine is on another machine, which can't publish ports on this one: unset DOCKER_HOST")
	}
	return engine, v.Arch, nil
}

// named asks the engine that the environment names.
func named(ctx context.Context) error {
	c, err := client.New(client.FromEnv)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Ping(ctx, client.PingOptions{})
	return err
}

// local says that the engine publishes ports on this machine's loopback interface.
func local(host string) bool {
	if strings.HasPrefix(host, "unix:") || strings.HasPrefix(host, "npipe:") {
		return true
	}
	u, err := url.Parse(host)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
