//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/postgres"
	"github.com/oauthmark/oauthmark/reference/store/redis"
	"github.com/oauthmark/oauthmark/reference/store/sqlite"
	"github.com/oauthmark/oauthmark/reference/token"
)

const serveFilled = "serve-filled-issuer"

// filledInput is an issuer with so many tokens in its store.
type filledInput struct {
	Store    string // memory, sqlite, postgres or redis
	Location string // of the store: a file or a URL
	Rows     int
	Users    int    // whose tokens they are; 0 for the client's own
	Seed     string // what the tokens are made from
	Secret   string // of both clients
}

const (
	filledURL      = "https://issuer.oauthmark.test"
	filledResource = "https://resource.oauthmark.test"
	filledClient   = "web"
	filledAsker    = "resource-server"
	filledScope    = "read write"
	filledLifetime = 24 * 3600 // seconds: none expires while it is measured
)

// filledToken is the nth token: both processes know it, and nothing has to be sent.
func filledToken(seed string, n uint64) string {
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte(seed), n))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// filledIssuer fills a store, directly, and makes an issuer on it.
func filledIssuer(ctx context.Context, input filledInput) (http.Handler, error) {
	s, err := input.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := input.fill(ctx, s); err != nil {
		return nil, err
	}
	secret := issuer.Secret(input.Secret)
	return issuer.New(issuer.Config{
		Issuer: filledURL, Resource: filledResource, Lifetime: filledLifetime,
		Clients:      []issuer.Client{{ID: filledClient, Secret: secret, Form: token.OpaqueForm, Scopes: []string{"read", "write"}}},
		Introspector: issuer.Introspector{ID: filledAsker, Secret: secret},
	}, issuer.Options{Store: s})
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
	var failed error
	records := func(yield func(store.Key, store.Record) bool) {
		now := time.Now().Unix()
		for n := range f.Rows {
			r, err := f.record(n, now)
			if err != nil {
				failed = err
				return
			}
			if !yield(store.DigestOf(filledToken(f.Seed, uint64(n))), r) {
				return
			}
		}
	}
	loader, ok := s.(store.Loader)
	if !ok {
		loader = oneByOne{s}
	}
	if err := errors.Join(loader.Load(ctx, records), failed); err != nil {
		return fmt.Errorf("fill store: %w", err)
	}
	return nil
}

// record is the nth: of the client itself or, where there are users, of one of them,
// who has authorized the client anew for each token.
func (f *filledInput) record(n int, now int64) (r store.Record, err error) {
	r = store.Record{Kind: store.Access, Claims: token.Claims{
		Issuer: filledURL, Audience: filledResource, Subject: filledClient, ClientID: filledClient,
		Scope: filledScope, IssuedAt: now, Expires: now + filledLifetime,
	}}
	if r.Claims.ID, err = token.NewID(rand.Reader); err != nil || f.Users == 0 {
		return r, err
	}
	name := fmt.Sprintf("user-%d@example.com", n%f.Users)
	r.Claims.Subject, r.Claims.More = fmt.Sprintf("%032x", n%f.Users), &token.More{Username: name}
	r.Family, err = token.NewID(rand.Reader)
	return r, err
}

// oneByOne loads a store that has no faster way.
type oneByOne struct{ store.Records }

func (o oneByOne) Load(ctx context.Context, records iter.Seq2[store.Key, store.Record]) error {
	for k, r := range records {
		if err := o.Put(ctx, k, r); err != nil {
			return err
		}
	}
	return nil
}
