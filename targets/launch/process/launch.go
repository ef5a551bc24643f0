package process

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/oauthmark/oauthmark/targets"
)

// Launch starts the service and waits until its ready path answers.
func (l *Launcher) Launch(ctx context.Context, s targets.Service) (targets.Running, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	private, err := makePrivate()
	if err != nil {
		return nil, fmt.Errorf("launch %s: %w", s.Name, err)
	}
	scheme := "http://"
	if s.TLS != nil {
		scheme = "https://"
	}
	r := &running{
		name: s.Name, url: scheme + address(s.Port),
		private: private, done: make(chan struct{}),
	}
	cmd, err := l.command(s, private)
	if err == nil {
		r.program = filepath.Base(cmd.Path)
		err = r.start(cmd)
	}
	if err != nil {
		return nil, fmt.Errorf("launch %s: %w", s.Name, errors.Join(err, os.RemoveAll(private)))
	}
	if err := targets.AwaitReadyBy(ctx, s.TLS, r.url+s.Ready, s.Timeout, r.done); err != nil {
		if errors.Is(err, targets.ErrDied) {
			err = fmt.Errorf("%w: %s", err, r.ending())
		}
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*stopGrace)
		defer cancel()
		return nil, errors.Join(&targets.LaunchError{Service: s.Name, Err: err, Logs: r.Logs()}, r.Stop(clean))
	}
	return r, nil
}

// command writes the secrets and fills in the placeholders.
func (l *Launcher) command(s targets.Service, private string) (*exec.Cmd, error) {
	values := map[string]string{
		"self": l.options.Self, "dir": s.Dir,
		"listen": address(s.Port), "port": strconv.Itoa(s.Port),
	}
	maps.Copy(values, s.Values)
	for name, data := range s.Secrets {
		path := filepath.Join(private, name+".json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		values[name] = path
	}
	argv, err := targets.ExpandAll(s.Command, values)
	if err != nil {
		return nil, err
	}
	if len(argv) == 0 {
		return nil, errors.New("no command")
	}
	env, err := targets.ExpandEnv(s.Env, values)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = s.Dir
	if cmd.Dir == "" {
		cmd.Dir = private
	}
	cmd.Env = append(environ(os.Environ()), env...)
	ownGroup(cmd)
	dieWithParent(cmd)
	return cmd, nil
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
