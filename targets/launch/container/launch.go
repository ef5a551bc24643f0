package container

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"

	api "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/oauthmark/oauthmark/targets"
)

// Launch starts the service and waits until its ready path answers.
func (l *Launcher) Launch(ctx context.Context, s targets.Service) (targets.Running, error) {
	l.mu.Lock()
	content := l.images[s.Image]
	l.mu.Unlock()
	if content == "" {
		return nil, fmt.Errorf("launch %s: image %q was not prepared", s.Name, s.Image)
	}
	r := &running{
		name: s.Name, image: content, engine: l.engine, done: make(chan struct{}),
		url:      "http://" + address("127.0.0.1", s.Port),
		internal: "http://" + address(s.Name, inside(s)),
	}
	req, err := l.request(s, r)
	if err != nil {
		return nil, fmt.Errorf("launch %s: %w", s.Name, err)
	}
	limit, cancel := context.WithTimeoutCause(ctx, s.Timeout+engineTimeout, errStuck)
	defer cancel()
	c, err := testcontainers.GenericContainer(limit, testcontainers.GenericContainerRequest{
		ContainerRequest: req, Started: true,
	})
	if err != nil {
		err = r.cause(limit, err)
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*stopGrace)
		defer cancel()
		return nil, errors.Join(&targets.LaunchError{Service: s.Name, Err: err, Logs: r.Logs()}, r.terminate(clean, c))
	}
	r.container = c
	if s.Image == l.self {
		go r.renew(r.url+s.Ready, renewal)
	}
	return r, nil
}

var errStuck = errors.New("the container engine stopped answering")

// request describes the container. Secrets go in as files: arguments and
// environment can be read from outside.
func (l *Launcher) request(s targets.Service, r *running) (req testcontainers.ContainerRequest, err error) {
	values := map[string]string{
		"self": program, "listen": address("0.0.0.0", inside(s)), "port": strconv.Itoa(inside(s)),
	}
	maps.Copy(values, s.Values)
	var files []testcontainers.ContainerFile
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		values[name] = "/oauthmark-" + name + ".json"
		files = append(files, testcontainers.ContainerFile{
			Reader: bytes.NewReader(s.Secrets[name]), ContainerFilePath: values[name],
			// The program's user doesn't own it, and nobody else is in the container.
			FileMode: 0o444,
		})
	}
	for _, f := range s.Spec.Files {
		data, err := read(f, s.Files, values)
		if err != nil {
			return req, fmt.Errorf("file %s: %w", f.Path, err)
		}
		files = append(files, testcontainers.ContainerFile{
			Reader: bytes.NewReader(data), ContainerFilePath: f.Path, FileMode: int64(cmp.Or(f.Mode, 0o644)),
		})
	}
	entrypoint, err := targets.ExpandAll(s.Spec.Entrypoint, values)
	if err != nil {
		return req, err
	}
	command, err := targets.ExpandAll(s.Command, values)
	if err != nil {
		return req, err
	}
	env := map[string]string{}
	for name, v := range s.Env {
		if env[name], err = targets.Expand(v, values); err != nil {
			return req, err
		}
	}
	port, err := network.ParsePort(strconv.Itoa(inside(s)) + "/tcp")
	if err != nil {
		return req, err
	}
	return testcontainers.ContainerRequest{
		Name: l.network + "-" + s.Name, Labels: maps.Clone(l.labels), // testcontainers adds its own
		Image: s.Image, Entrypoint: entrypoint, Cmd: command, Env: env, Files: files,
		ExposedPorts:   []string{port.String()},
		Networks:       []string{l.network},
		NetworkAliases: map[string][]string{l.network: {s.Name}},
		// The other strategies of testcontainers ask where they guess that the engine is.
		WaitingFor: wait.ForNop(func(ctx context.Context, _ wait.StrategyTarget) error {
			r.waitErr = targets.AwaitReady(ctx, r.url+s.Ready, s.Timeout, r.done)
			return r.waitErr
		}),
		HostConfigModifier: func(h *api.HostConfig) {
			h.PortBindings = network.PortMap{port: {{
				HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), HostPort: strconv.Itoa(s.Port),
			}}}
			if s.Image == l.self { // others may start as root, to become somebody else
				h.CapDrop = []string{"ALL"}
			}
			h.SecurityOpt = []string{"no-new-privileges"}
		},
		LifecycleHooks: []testcontainers.ContainerLifecycleHooks{{
			PostStarts: []testcontainers.ContainerHook{func(_ context.Context, c testcontainers.Container) error {
				r.watch(c)
				return nil
			}},
		}},
	}, nil
}

// inside is the port that the server listens on in its container.
func inside(s targets.Service) int { return cmp.Or(s.Spec.Port, s.Port) }

func read(f targets.ContainerFile, folder fs.FS, values map[string]string) ([]byte, error) {
	if f.From != "" {
		return fs.ReadFile(folder, f.From)
	}
	text, err := targets.Expand(f.Content, values)
	return []byte(text), err
}

func address(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
