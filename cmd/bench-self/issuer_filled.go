//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/token"
)

const serveFilledArgument = "serve-filled-issuer"

// filledInput is an issuer with so many tokens in its store.
type filledInput struct {
	Store    string // memory, sqlite, postgres or redis
	Location string // of the store: a file or a URL
	Rows     int
	Seed     string // what the tokens are made from
	Secret   string // of both clients
}

const (
	filledIssuer   = "https://issuer.oauthmark.test"
	filledResource = "https://resource.oauthmark.test"
	filledClient   = "web"
	filledAsker    = "resource-server"
	filledScope    = "read write"
	filledLifetime = 24 * 3600 // seconds: none expires while it is measured
	// loaders fill at the same time, for stores that commit in groups.
	loaders = 64
)

// filledToken is the nth token: both processes know it, and nothing has to be sent.
func filledToken(seed string, n uint64) string {
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte(seed), n))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// serveFilled fills a store, directly, and serves an issuer on it.
func serveFilled(ctx context.Context, in io.Reader, out io.Writer) int {
	var input filledInput
	return serveSelf(in, out, &input, func() (http.Handler, error) {
		s, err := input.open(ctx)
		if err != nil {
			return nil, err
		}
		if err := input.fill(ctx, s); err != nil {
			return nil, err
		}
		secret := issuer.Secret(input.Secret)
		return issuer.New(issuer.Config{
			Issuer: filledIssuer, Resource: filledResource, Lifetime: filledLifetime,
			Clients:      []issuer.Client{{ID: filledClient, Secret: secret, Form: token.OpaqueForm, Scopes: []string{"read", "write"}}},
			Introspector: issuer.Introspector{ID: filledAsker, Secret: secret},
		}, issuer.Options{Store: s})
	})
}

func (f *filledInput) open(ctx context.Context) (store.Store, error) {
	switch f.Store {
	case "memory":
		return store.NewMemory(time.Now, 30*time.Second), nil
	case "sqlite":
		return sqlite.Open(ctx, f.Location, sqlite.Options{})
	case "postgres":
		return postgres.Open(ctx, f.Location, postgres.Options{})
	case "redis":
		return redis.Open(ctx, f.Location, redis.Options{})
	}
	return nil, fmt.Errorf("open store: there is no %q", f.Store)
}

// fill keeps the records that the issuer itself would keep of tokens of its client.
func (f *filledInput) fill(ctx context.Context, s store.Store) error {
	now := time.Now().Unix()
	var all sync.WaitGroup
	failed := make(chan error, loaders)
	for w := range loaders {
		all.Go(func() {
			for n := w; n < f.Rows; n += loaders {
				id, err := token.NewID(rand.Reader)
				if err == nil {
					err = s.Put(ctx, store.DigestOf(filledToken(f.Seed, uint64(n))), store.Record{Kind: store.Access, Claims: token.Claims{
						Issuer: filledIssuer, Audience: filledResource, Subject: filledClient, ClientID: filledClient,
						Scope: filledScope, IssuedAt: now, Expires: now + filledLifetime, ID: id,
					}})
				}
				if err != nil {
					failed <- fmt.Errorf("fill store: %w", err)
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
