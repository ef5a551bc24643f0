// Package storetest holds what every store must do, as tests that its package runs.
//
// In order of use: [Postgres] and [Redis] start a server of the machine's packages,
// or say why the test is skipped; [Conform] judges a store; [Storm] revokes while the
// server is killed; [Bench] measures.
package storetest

import (
	"context"
	"crypto/rand"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Open opens the store under test, on the same data each time it is called in a
// test. Expired rows are to be removed every period. The test closes it.
type Open func(t testing.TB, now func() time.Time, period time.Duration) store.Store

// Clock is a clock that is set by hand, in step with that of servers at its start.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at the present second.
func NewClock() *Clock { return &Clock{now: time.Now().Truncate(time.Second)} }

func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// never is a period in which no test removes anything.
const never = 24 * time.Hour

// Conform judges a store. Durable ones are opened again and must know all.
func Conform(t *testing.T, durable bool, open Open) {
	tests := []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"records", records}, {"replace", replace}, {"expiry", expiry}, {"use once", useOnce},
		{"revoke", revoke}, {"revoke a family", revokeFamily}, {"list", list}, {"list, concurrently", listConcurrently},
		{"remember", remember}, {"load", load}, {"removal", removal}, {"concurrently", concurrently}, {"cancelled", cancelled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
	if durable {
		t.Run("open again", func(t *testing.T) { openAgain(t, open) })
	}
}

// ID draws an identifier, so that tests can share a server's data.
func ID(t testing.TB) string {
	t.Helper()
	id, err := token.NewID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func start(t testing.TB, open Open, now func() time.Time, period time.Duration) store.Store {
	t.Helper()
	s := open(t, now, period)
	t.Cleanup(func() {
		for range 2 {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
	})
	return s
}

func sample(t testing.TB, c *Clock, lifetime int64) (store.Key, store.Record) {
	t.Helper()
	id, now := ID(t), c.Now().Unix()
	return store.DigestOf(id), store.Record{
		Claims: token.Claims{
			Issuer: "https://as.example", Audience: "https://api.example", Subject: "app \u00e9\x00",
			ClientID: "app", Scope: "read write", IssuedAt: now, Expires: now + lifetime, ID: id,
		},
		Kind: store.Access,
	}
}

func put(t testing.TB, s store.Store, k store.Key, r store.Record) {
	t.Helper()
	if err := s.Put(context.Background(), k, r); err != nil {
		t.Fatal(err)
	}
}

// want fails unless the store has exactly that record, or with nil none.
func want(t testing.TB, s store.Store, k store.Key, r *store.Record) {
	t.Helper()
	got, ok, err := s.Get(context.Background(), k)
	switch {
	case err != nil:
		t.Errorf("get: %v", err)
	case ok != (r != nil):
		t.Errorf("found %v, want %v", ok, r != nil)
	case r != nil && !reflect.DeepEqual(got, *r):
		t.Errorf("got %+v, want %+v", got, *r)
	case r == nil && !reflect.DeepEqual(got, store.Record{}):
		t.Errorf("a record with no find: %+v", got)
	}
}

func wantRevoked(t testing.TB, s store.Store, want bool, subjects ...store.Subject) {
	t.Helper()
	if got, err := s.Revoked(context.Background(), subjects...); got != want || err != nil {
		t.Errorf("revoked %v: %v, %v, want %v", subjects, got, err, want)
	}
}
