package cost

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
)

// place is a store of a kind, with so many rows in it to begin with.
type place struct {
	kind string
	rows int
}

// sweep is between removals of expired rows, of which there are none here.
const sweep = time.Hour

// open opens an empty store, and says in which folder it is, if it is in one of ours.
func (m *material) open(p place) (s store.Store, folder string, err error) {
	switch p.kind {
	case issuer.StoreMemory:
		return store.NewMemory(time.Now, sweep), "", nil
	case issuer.StoreSQLite:
		folder, err := os.MkdirTemp("", "oauthmark-cost-")
		if err != nil {
			return nil, "", notRun{reason: "there is no temporary folder for a file"}
		}
		m.closers = append(m.closers, func() error { return os.RemoveAll(folder) })
		s, err := sqlite.Open(m.ctx, filepath.Join(folder, "store"), sqlite.Options{Period: sweep})
		return s, folder, err
	case issuer.StorePostgres:
		s, err := m.serve(p, "OAUTHMARK_POSTGRES_URL", servers.Postgres, func(ctx context.Context, url string) (store.Store, error) {
			return postgres.Open(ctx, url, postgres.Options{Period: sweep})
		})
		return s, "", err
	case issuer.StoreRedis:
		s, err := m.serve(p, "OAUTHMARK_REDIS_URL", servers.Redis, func(ctx context.Context, url string) (store.Store, error) {
			return redis.Open(ctx, url, redis.Options{Period: sweep})
		})
		return s, "", err
	}
	return nil, "", fmt.Errorf("open store: no kind is called %q", p.kind)
}

// serve opens a store in the server that the variable names, or in one that is
// started for it.
func (m *material) serve(p place, variable string, start func(context.Context) (*servers.Server, error),
	open func(context.Context, string) (store.Store, error)) (store.Store, error) {
	if given := m.env(variable); given != "" {
		return m.serveGiven(p, variable, given, open)
	}
	server, err := start(m.ctx)
	switch {
	case errors.Is(err, servers.ErrMissing):
		return nil, notRun{reason: fmt.Sprintf("no %s server: install its programs, or name a server in %s", p.kind, variable), lacks: true}
	case m.ctx.Err() != nil:
		return nil, m.ctx.Err()
	case err != nil:
		return nil, notRun{reason: fmt.Sprintf("the %s server of this machine didn't start", p.kind)}
	}
	m.closers = append(m.closers, server.Close)
	// It may accept connections before it takes queries.
	for until := time.Now().Add(startTimeout); ; time.Sleep(50 * time.Millisecond) {
		s, err := open(m.ctx, server.URL)
		switch {
		case err == nil:
			return s, nil
		case m.ctx.Err() != nil:
			return nil, m.ctx.Err()
		case time.Now().After(until):
			return nil, notRun{reason: fmt.Sprintf("the %s server that was started doesn't answer", p.kind)}
		}
	}
}

const startTimeout = 15 * time.Second

// serveGiven opens a store in somebody's server, under a name of its own. No reason repeats
// anything of the URL, which may hold a password.
func (m *material) serveGiven(p place, variable, given string, open func(context.Context, string) (store.Store, error)) (store.Store, error) {
	if u, err := url.Parse(given); err != nil || !strings.HasPrefix(u.Scheme, p.kind) || u.Fragment != "" {
		return nil, notRun{reason: fmt.Sprintf("%s isn't the URL of a %s server", variable, p.kind)}
	}
	s, err := open(m.ctx, given+"#run_"+strings.ToLower(rand.Text()))
	switch {
	case m.ctx.Err() != nil:
		return nil, m.ctx.Err()
	case err != nil:
		return nil, notRun{reason: fmt.Sprintf("the server of %s can't be reached, or doesn't let us in: see that it runs, that the URL has its user and database, and that the user may make a schema", variable)}
	}
	return s, nil
}

func (m *material) env(variable string) string {
	if m.getenv == nil {
		return ""
	}
	return m.getenv(variable)
}
