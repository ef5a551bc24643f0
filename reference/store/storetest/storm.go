package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Storm revokes while the server is killed, and starts the server again: what was
// confirmed stays revoked, what can't be told is said to be so, and the store that
// was open all the time recovers. A server that was there before isn't killed.
func Storm(t *testing.T, server *Server, open Open) {
	if !server.Ours() {
		t.Skip("this server isn't ours to kill: run make test-stores")
	}
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, never)
	k, live := sample(t, clock, 600)
	put(t, s, k, live)
	const writers, enough = 8, 300
	var mu sync.Mutex
	var confirmed []store.Subject
	var failed atomic.Int32
	reached := sync.OnceFunc(server.Kill)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for {
				subject := store.TokenSubject(ID(t))
				if err := s.Revoke(ctx, subject, clock.Now().Unix()+600); err != nil {
					if failed.Add(1); !errors.Is(err, store.ErrUnavailable) {
						t.Errorf("%v doesn't say that the store can't tell", err)
					}
					return
				}
				mu.Lock()
				confirmed = append(confirmed, subject)
				n := len(confirmed)
				mu.Unlock()
				if n >= enough {
					reached()
				}
			}
		})
	}
	all.Wait()
	server.Kill()
	if n := failed.Load(); n != writers {
		t.Errorf("%d of %d calls failed while the server was down", n, writers)
	}
	if _, ok, err := s.Get(ctx, k); ok || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("with no server: %v, %v", ok, err)
	}
	server.Start(t)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, ok, err := s.Get(ctx, k); err == nil && ok {
			break
		} else if err == nil || time.Now().After(deadline) {
			t.Fatalf("the store doesn't recover: %v, %v", ok, err)
		}
	}
	wantAll(t, s, confirmed)
	if err := s.Revoke(ctx, store.TokenSubject(live.Claims.ID), clock.Now().Unix()+600); err != nil {
		t.Errorf("after the recovery: %v", err)
	}
	want(t, s, k, nil)
	t.Logf("%d revocations were confirmed before the server was killed", len(confirmed))
}

func wantAll(t testing.TB, s store.Store, confirmed []store.Subject) {
	t.Helper()
	lost := 0
	for _, subject := range confirmed {
		revoked, err := s.Revoked(context.Background(), subject)
		if err != nil {
			t.Fatal(err)
		}
		if !revoked {
			lost++
		}
	}
	if lost > 0 || len(confirmed) == 0 {
		t.Errorf("%d of %d confirmed revocations were lost", lost, len(confirmed))
	}
}
