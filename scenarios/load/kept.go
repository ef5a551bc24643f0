package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/launch/procfs"
)

// kept is a store that an issuer of a step's own keeps its tokens in. Where it is a server,
// that is a component of the step like any other.
type kept struct {
	url    issuer.StoreURL
	server *servers.Server // nil for a file
	folder string          // of the file
	ended  chan struct{}
}

// openKept starts a store of the kind, empty, for an issuer in that runtime.
func openKept(ctx context.Context, kind, runtime string) (*kept, error) {
	if runtime == targets.Container {
		return nil, errors.New("the issuer runs in a container, from which no store of this machine is reached: use --runtime process")
	}
	k := &kept{ended: make(chan struct{})}
	var err error
	switch kind {
	case issuer.StoreSQLite:
		if k.folder, err = os.MkdirTemp("", "oauthmark-load-"); err != nil {
			return nil, fmt.Errorf("keep tokens in a file: %w", err)
		}
		k.url = issuer.StoreURL("sqlite:" + filepath.Join(k.folder, "store"))
		return k, nil
	case issuer.StorePostgres:
		err = k.start(ctx, servers.Postgres, func(url string) (store.Store, error) { return postgres.Open(ctx, url, postgres.Options{}) })
	case issuer.StoreRedis:
		err = k.start(ctx, servers.Redis, func(url string) (store.Store, error) { return redis.Open(ctx, url, redis.Options{}) })
	default:
		return nil, fmt.Errorf("keep tokens: no kind of store is called %q", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("keep tokens in %s: %w", kind, err)
	}
	return k, nil
}

// answersWithin is how long a server that accepts connections may take until it answers.
const answersWithin = 15 * time.Second

// start starts a server and waits until it answers.
func (k *kept) start(ctx context.Context, start func(context.Context) (*servers.Server, error), open func(url string) (store.Store, error)) error {
	server, err := start(ctx)
	if err != nil {
		return err
	}
	k.server, k.url = server, issuer.StoreURL(server.URL)
	for until := time.Now().Add(answersWithin); ; {
		opened, err := open(server.URL)
		if err == nil {
			err = opened.Close()
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || time.Now().After(until) {
			return errors.Join(errors.New("the server that was started doesn't answer"), ctx.Err(), k.close())
		}
		sleep(50*time.Millisecond, ctx.Done())
	}
}

func (k *kept) close() error {
	select {
	case <-k.ended:
		return nil
	default:
	}
	close(k.ended)
	if k.server != nil {
		return k.server.Close()
	}
	return os.RemoveAll(k.folder)
}

// The rest makes it a component of an instance.

var _ targets.Running = (*kept)(nil)

func (k *kept) Name() string               { return "store" }
func (k *kept) URL() string                { return "" } // it doesn't speak HTTP
func (k *kept) Internal() string           { return "" }
func (k *kept) Done() <-chan struct{}      { return k.ended }
func (k *kept) Logs() string               { return "" }
func (k *kept) Stop(context.Context) error { return k.close() }
func (k *kept) Provenance() results.Service {
	return results.Service{Name: k.Name(), Runtime: targets.Process}
}

// Usage sums the server's process and its children.
func (k *kept) Usage(context.Context) (results.Usage, bool) { return procfs.Tree(k.server.PID()) }
