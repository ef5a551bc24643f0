package load

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/servers"
)

// storeKind is a kind of store that a step can have: a server that somebody named, or one
// that is started.
type storeKind struct {
	name, title string
	given       string // the URL of a server that somebody named; empty for none
	variable    string // of the environment, in which it is
	can         func() error
	start       func(context.Context) (*servers.Server, error)
	// cache starts one for a cache that needn't keep anything; nil where there is none.
	cache func(context.Context) (*servers.Server, error)
	open  func(ctx context.Context, url string) (namedStore, error)
}

// namedStore is a store in a server, which may be somebody else's.
type namedStore interface {
	store.Store
	store.Warner
	store.Remover
}

// storeKinds are those that are servers. What isn't there is a file.
type storeKinds []storeKind

// machineStores are those of this machine and its environment.
func machineStores() storeKinds { return storesOf(os.Getenv) }

// storesOf are the stores of this machine. A plan looks for programs and starts none.
func storesOf(getenv func(string) string) storeKinds {
	return storeKinds{
		{name: issuer.StorePostgres, title: "PostgreSQL", variable: "OAUTHMARK_POSTGRES_URL", given: getenv("OAUTHMARK_POSTGRES_URL"),
			can: servers.CanPostgres, start: servers.Postgres,
			open: func(ctx context.Context, url string) (namedStore, error) {
				return opened(postgres.Open(ctx, url, store.Options{}))
			}},
		{name: issuer.StoreRedis, title: "Redis", variable: "OAUTHMARK_REDIS_URL", given: getenv("OAUTHMARK_REDIS_URL"),
			can: servers.CanRedis, start: servers.Redis, cache: servers.Cache,
			open: func(ctx context.Context, url string) (namedStore, error) {
				return opened(redis.Open(ctx, url, store.Options{}))
			}},
	}
}

// opened keeps a nil pointer from becoming a store.
func opened[S namedStore](s S, err error) (namedStore, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (k storeKinds) find(name string) (storeKind, bool) {
	i := slices.IndexFunc(k, func(s storeKind) bool { return s.name == name })
	if i < 0 {
		return storeKind{}, false
	}
	return k[i], true
}

// lack says why this machine can't have a store of the kind; empty where it can. It
// repeats nothing of a URL, which may hold a password.
func (k storeKinds) lack(name string) string {
	s, server := k.find(name)
	if !server {
		return ""
	}
	if s.given != "" {
		kind, ok := issuer.StoreURL(s.given).Kind()
		if u, err := url.Parse(s.given); err != nil || !ok || kind != s.name || u.Fragment != "" || strings.Contains(s.given, "#") {
			return fmt.Sprintf("%s isn't the URL of a %s server without a # in it", s.variable, s.title)
		}
		return ""
	}
	if err := s.can(); err != nil {
		return fmt.Sprintf("no %s server: %v: install its programs, or name a server in %s", s.title, err, s.variable)
	}
	return ""
}
