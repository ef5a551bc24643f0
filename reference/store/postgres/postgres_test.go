package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

func TestStore(t *testing.T) {
	server := storetest.Postgres(t)
	open := storetest.Opener(server.URL, Open)
	storetest.Conform(t, true, storetest.Opening(open))
	t.Run("settings", func(t *testing.T) {
		s := open(t, Options{})
		defer s.Close()
		if w := s.Warnings(); len(w) > 0 && server.Ours() {
			t.Errorf("warnings %q", w)
		}
		var commit string
		if err := s.pool.QueryRow(context.Background(), "SHOW synchronous_commit").Scan(&commit); err != nil || commit != "on" {
			t.Errorf("synchronous_commit is %q, %v", commit, err)
		}
	})
	t.Run("family first", func(t *testing.T) { familyFirst(t, open(t, Options{Timeout: time.Minute})) })
	t.Run("names", func(t *testing.T) { storetest.Names(t, server.URL, Open) })
	t.Run("killed", func(t *testing.T) { storetest.Storm(t, server, storetest.Opening(open)) })
}

// familyFirst: a family can be seen on the list before its members are looked for, or
// one that is put in between would be missed by both sides.
func familyFirst(t *testing.T, s *Store) {
	defer s.Close()
	ctx, until := context.Background(), time.Now().Unix()+60
	r := store.Record{Family: storetest.ID(t)}
	r.Claims.ID, r.Claims.Expires = storetest.ID(t), until
	if err := s.Put(ctx, store.DigestOf(r.Claims.ID), r); err != nil {
		t.Fatal(err)
	}
	// The listing of the member has to wait for another's that isn't committed.
	tx, err := s.pool.Begin(ctx)
	if err == nil {
		_, err = tx.Exec(ctx, insertRevoked, []byte(store.TokenSubject(r.Claims.ID)), until-30)
	}
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Revoke(ctx, store.FamilySubject(r.Family), until) }()
	seen := false
	for deadline := time.Now().Add(5 * time.Second); !seen && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if seen, err = s.Revoked(ctx, store.FamilySubject(r.Family)); err != nil {
			t.Fatal(err)
		}
	}
	if !seen {
		t.Error("the family isn't listed while its members are")
	}
	if err := errors.Join(tx.Rollback(ctx), <-done); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Revoked(ctx, store.TokenSubject(r.Claims.ID)); !all || err != nil {
		t.Errorf("the member: %v, %v", all, err)
	}
}

// A URL's password is in no error.
func TestOpenFails(t *testing.T) {
	t.Parallel()
	storetest.OpenFails(t, Open, "postgres://user:s3cret@127.0.0.1:x/db", "postgres://user:s3cret@127.0.0.1:1/db?connect_timeout=1", "://s3cret", "password=s3cret x")
}

func BenchmarkPostgres(b *testing.B) {
	storetest.Bench(b, storetest.Opening(storetest.Opener(storetest.Postgres(b).URL, Open)))
}
