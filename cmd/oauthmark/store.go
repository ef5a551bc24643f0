package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
)

// storeKind is a kind of store that the reference issuer can have. A nil open is that of the
// issuer's own.
type storeKind struct {
	name, about string
	open        func(ctx context.Context, url string, now func() time.Time) (store.Store, error)
}

var storeKinds = []storeKind{
	{issuer.StoreMemory, "in the issuer's process, gone with it", nil},
	{issuer.StoreSQLite, "sqlite:PATH, a file, on the disk at each commit", func(ctx context.Context, url string, now func() time.Time) (store.Store, error) {
		return sqlite.Open(ctx, strings.TrimPrefix(url, "sqlite:"), sqlite.Options{Now: now})
	}},
	{issuer.StorePostgres, "postgres://...[#NAME], a PostgreSQL server, in a schema of that name", func(ctx context.Context, url string, now func() time.Time) (store.Store, error) {
		return postgres.Open(ctx, url, postgres.Options{Now: now})
	}},
	{issuer.StoreRedis, "redis://...[#NAME], a Redis server, under a prefix of that name", func(ctx context.Context, url string, now func() time.Time) (store.Store, error) {
		return redis.Open(ctx, url, redis.Options{Now: now})
	}},
}

// openStore opens the store that an issuer is configured with, which goes by the
// issuer's clock: nil for its own.
func openStore(ctx context.Context, url issuer.StoreURL, now func() time.Time) (store.Store, error) {
	kind, ok := url.Kind()
	for _, k := range storeKinds {
		if ok && k.name == kind {
			if k.open == nil {
				return nil, nil
			}
			return k.open(ctx, string(url), now)
		}
	}
	return nil, fmt.Errorf("store: none of %s", strings.Join(issuer.Stores(), ", "))
}
