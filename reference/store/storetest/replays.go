package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

func wantFresh(t testing.TB, s store.Store, want bool, k store.Key, until int64) {
	t.Helper()
	if fresh, err := s.Remember(context.Background(), k, until); fresh != want || err != nil {
		t.Errorf("remember: fresh %v, %v, want %v", fresh, err, want)
	}
}

// remember: a key is fresh once until its time, whoever asks, and in a second handle
// on the same data, too.
func remember(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, never)
	until := func(seconds int64) int64 { return clock.Now().Unix() + seconds }
	k, r := sample(t, clock, 60)
	wantFresh(t, s, true, k, until(30))
	wantFresh(t, s, false, k, until(30))
	wantFresh(t, s, true, store.DigestOf(ID(t)), until(30))
	wantFresh(t, s, true, k+"\x00\xff", until(30)) // any bytes
	// A record may have the same key.
	want(t, s, k, nil)
	put(t, s, k, r)
	want(t, s, k, &r)
	wantFresh(t, s, false, k, until(3000)) // and this doesn't prolong it
	clock.Advance(29 * time.Second)
	wantFresh(t, s, false, k, until(30))
	clock.Advance(time.Second)
	wantFresh(t, s, true, k, until(30))
	wantFresh(t, s, false, k, until(30))
	past := store.DigestOf(ID(t))
	wantFresh(t, s, true, past, until(0))
	wantFresh(t, s, true, past, until(30))
	wantFresh(t, s, false, past, until(30))

	const keys, callers = 5, 8
	for n := range keys {
		t.Run(fmt.Sprint("race ", n), func(t *testing.T) {
			k := store.DigestOf(ID(t))
			if n > 0 { // one that has expired
				wantFresh(t, s, true, k, until(0))
			}
			var fresh atomic.Int32
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					is, err := s.Remember(ctx, k, until(60))
					if err != nil {
						t.Error(err)
					}
					if is {
						fresh.Add(1)
					}
				})
			}
			all.Wait()
			if n := fresh.Load(); n != 1 {
				t.Errorf("%d of %d callers found it fresh", n, callers)
			}
		})
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Remember(gone, store.DigestOf(ID(t)), until(60)); err != nil && !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("cancelled: %v doesn't say that the store can't tell", err)
	}
}

// load: what is loaded is what is put.
func load(t *testing.T, open Open) {
	clock := NewClock()
	s := start(t, open, clock.Now, never)
	l, ok := s.(store.Loader)
	if !ok { // one by one is as fast
		return
	}
	const records = 1100
	keys, kept := make([]store.Key, records), make([]store.Record, records)
	for n := range keys {
		keys[n], kept[n] = sample(t, clock, 60)
	}
	kept[1].Family, kept[1].Used = ID(t), true
	family := kept[1].Family
	each := func(yield func(store.Key, store.Record) bool) {
		for n, k := range keys {
			if !yield(k, kept[n]) {
				return
			}
		}
	}
	none := func(func(store.Key, store.Record) bool) {}
	for _, sequence := range []func(func(store.Key, store.Record) bool){none, each} {
		if err := l.Load(context.Background(), sequence); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{0, 1, 999, 1000, 1099} {
		want(t, s, keys[n], &kept[n])
	}
	if err := s.Revoke(context.Background(), store.FamilySubject(family), clock.Now().Unix()+60); err != nil {
		t.Fatal(err)
	}
	want(t, s, keys[1], nil)
	wantRevoked(t, s, true, store.TokenSubject(kept[1].Claims.ID))
}
