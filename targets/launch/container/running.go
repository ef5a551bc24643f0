package container

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	api "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

const (
	stopGrace  = 5 * time.Second // for a server to end by itself once it is asked to
	logTimeout = 2 * time.Second // for the engine to tell what a server printed
	// engineTimeout is for what the engine does in well under a second.
	engineTimeout = 30 * time.Second
)

// running is a started container.
type running struct {
	name, url, internal string
	image               string
	engine              *client.Client
	container           testcontainers.Container
	done                chan struct{}
	ending              string // how it ended; to be read after done is closed
	waitErr             error  // of the wait strategy, unwrapped

	mu   sync.Mutex
	id   string // empty until it has started
	logs string // kept when the container is removed
	gone bool   // removed
}

var _ targets.Running = (*running)(nil)

func (r *running) Name() string          { return r.name }
func (r *running) URL() string           { return r.url }
func (r *running) Internal() string      { return r.internal }
func (r *running) Done() <-chan struct{} { return r.done }

func (r *running) Provenance() results.Service {
	return results.Service{Name: r.name, Runtime: targets.Container, Image: r.image}
}

// renewal is how often a container is asked whether it is well. The servers of this
// program end by themselves when nobody has asked for several times as long: then the
// harness was killed, or the engine that would stop them has gone.
const renewal = 5 * time.Second

// renew asks until the container has ended.
func (r *running) renew(url string, interval time.Duration) {
	every := time.NewTicker(interval)
	defer every.Stop()
	client := &http.Client{Timeout: interval}
	for {
		select {
		case <-r.done:
			return
		case <-every.C:
			if resp, err := client.Get(url); err == nil {
				resp.Body.Close() // whether it is well is for its users to judge
			}
		}
	}
}

// watch closes done when the container has ended, or when the engine doesn't tell
// any more whether it runs.
func (r *running) watch(c testcontainers.Container) {
	r.mu.Lock()
	r.id = c.GetContainerID()
	r.mu.Unlock()
	end := r.engine.ContainerWait(context.Background(), r.id, client.ContainerWaitOptions{Condition: api.WaitConditionNotRunning})
	go func() {
		select {
		case state := <-end.Result:
			r.ending = fmt.Sprintf("exit status %d", state.StatusCode)
		case err := <-end.Error:
			r.ending = "the container engine stopped answering"
			if errdefs.IsNotFound(err) {
				r.ending = "somebody removed its container"
			}
		}
		close(r.done)
	}()
}

// cause says why a launch failed, in the words that count. A container that ends at
// once fails for testcontainers because it has no ports, before anybody waits for it.
func (r *running) cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case <-r.done:
		return fmt.Errorf("%w: %s", targets.ErrDied, r.ending)
	default:
	}
	if r.waitErr != nil {
		return r.waitErr
	}
	return err
}

// Logs asks the engine for the last lines, as long as there is a container.
func (r *running) Logs() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.id == "" || r.gone {
		return r.logs
	}
	ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
	defer cancel()
	out, err := r.engine.ContainerLogs(ctx, r.id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: "50"})
	if err != nil {
		return r.logs
	}
	defer out.Close()
	var tail targets.Tail
	_, _ = stdcopy.StdCopy(&tail, &tail, out) // what came before an error is still of use
	r.logs = tail.String()
	return r.logs
}

// Stop asks the server to end, kills it when it doesn't within five seconds, and
// removes the container.
func (r *running) Stop(ctx context.Context) error { return r.terminate(ctx, r.container) }

func (r *running) terminate(ctx context.Context, c testcontainers.Container) error {
	_ = r.Logs() // for later
	r.mu.Lock()
	defer r.mu.Unlock()
	if c == nil || r.gone {
		return nil
	}
	err := c.Terminate(ctx, testcontainers.StopContext(ctx), testcontainers.StopTimeout(stopGrace))
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove the container: %w", err)
	}
	r.gone = true
	return nil
}
