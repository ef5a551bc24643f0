package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Counter is implemented by stores that can count the rows that they keep.
type Counter interface {
	// Rows returns the number of records, revocations and remembered keys, expired ones too.
	Rows(ctx context.Context) (int, error)
}

// removal: what has expired goes away with nobody asking for it.
func removal(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, 256*time.Millisecond)
	l, ok := s.(Counter)
	if !ok { // a server that removes by itself
		return
	}
	rows := func() int {
		t.Helper()
		n, err := l.Rows(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := rows()
	live, kept := sample(t, clock, 600)
	put(t, s, live, kept)
	const records = 20
	for range records {
		k, r := sample(t, clock, 60)
		r.Family = ID(t)
		put(t, s, k, r)
		if err := s.Revoke(ctx, store.TokenSubject(ID(t)), clock.Now().Unix()+60); err != nil {
			t.Fatal(err)
		}
		wantFresh(t, s, true, store.DigestOf(ID(t)), clock.Now().Unix()+60)
	}
	// A few that other tests left to expire may have gone meanwhile, fewer than there
	// are of each kind here.
	if n := rows(); n <= before+2*records {
		t.Fatalf("%d rows, want about %d", n, before+3*records+1)
	}
	clock.Advance(60 * time.Second)
	for deadline := time.Now().Add(20 * time.Second); rows() > before+1; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d rows are kept, want %d", rows(), before+1)
		}
	}
	want(t, s, live, &kept)
}

// openAgain: all of it is there after a restart, and the list goes on.
func openAgain(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := open(t, clock.Now, never)
	k, r := sample(t, clock, 60)
	put(t, s, k, r)
	if _, ok, err := s.Use(ctx, k); !ok || err != nil {
		t.Fatal(ok, err)
	}
	_, after := read(t, s, "")
	gone := store.TokenSubject(ID(t))
	if err := s.Revoke(ctx, gone, clock.Now().Unix()+60); err != nil {
		t.Fatal(err)
	}
	once := store.DigestOf(ID(t))
	wantFresh(t, s, true, once, clock.Now().Unix()+60)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = start(t, open, clock.Now, never)
	r.Used = true
	want(t, s, k, &r)
	wantRevoked(t, s, true, gone)
	wantFresh(t, s, false, once, clock.Now().Unix()+60)
	next := store.TokenSubject(ID(t))
	if err := s.Revoke(ctx, next, clock.Now().Unix()+60); err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, s, after)
	if len(got) != 2 || got[0].Subject != gone || got[1].Subject != next {
		t.Errorf("listed %v, want %v and %v", got, gone, next)
	}
	clock.Advance(60 * time.Second)
	wantRevoked(t, s, false, gone)
}
