package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

func records(t *testing.T, open Open) {
	clock := NewClock()
	s := start(t, open, clock.Now, never)
	k, r := sample(t, clock, 60)
	want(t, s, k, nil)
	for name, change := range map[string]func(*store.Record){
		"as it is":       func(*store.Record) {},
		"odd id":         func(r *store.Record) { r.Claims.ID = "id of another shape " + ID(t) },
		"odd bits":       func(r *store.Record) { r.Claims.ID = strings.Repeat("B", 22) },
		"line break":     func(r *store.Record) { r.Claims.ID = ID(t)[:21] + "\n" },
		"no id":          func(r *store.Record) { r.Claims.ID = "" },
		"family":         func(r *store.Record) { r.Kind, r.Family = store.Refresh, ID(t) },
		"odd family":     func(r *store.Record) { r.Kind, r.Family = store.Code, "family "+ID(t) },
		"whole token":    func(r *store.Record) { r.Token = []byte("\x00\xffsealed") },
		"zero claims":    func(r *store.Record) { r.Claims.Subject, r.Claims.Scope, r.Claims.IssuedAt = "", "", 0 },
		"like the other": func(r *store.Record) { r.Family, r.Claims.ID = r.Claims.ID, "" },
	} {
		t.Run(name, func(t *testing.T) {
			k, r := sample(t, clock, 60)
			change(&r)
			put(t, s, k, r)
			want(t, s, k, &r)
		})
	}
	// Keys are of any length and hold any bytes, and a part isn't the whole.
	for _, k := range []string{"k", "\x00\xff'\";{}", strings.Repeat("k", 43), strings.Repeat("\x80", 64), strings.Repeat("k", 2000)} {
		k := store.Key(k + ID(t))
		put(t, s, k, r)
		want(t, s, k, &r)
		want(t, s, k[1:], nil)
		want(t, s, k+"\x00", nil)
	}
}

func replace(t *testing.T, open Open) {
	clock := NewClock()
	s := start(t, open, clock.Now, never)
	k, r := sample(t, clock, 60)
	put(t, s, k, r)
	if _, ok, err := s.Use(context.Background(), k); !ok || err != nil {
		t.Fatal(ok, err)
	}
	_, other := sample(t, clock, 120)
	other.Claims.Scope = "other"
	put(t, s, k, other)
	want(t, s, k, &other)
}

// RFC 7519, section 4.1.4: the time must be before exp.
func expiry(t *testing.T, open Open) {
	clock := NewClock()
	s := start(t, open, clock.Now, never)
	k, r := sample(t, clock, 30)
	past, gone := sample(t, clock, 0)
	put(t, s, k, r)
	put(t, s, past, gone)
	want(t, s, past, nil)
	clock.Advance(29 * time.Second)
	want(t, s, k, &r)
	clock.Advance(time.Second)
	want(t, s, k, nil)
	if _, ok, err := s.Use(context.Background(), k); ok || err != nil {
		t.Errorf("used at its expiry: %v, %v", ok, err)
	}
}

func useOnce(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, never)
	if _, ok, err := s.Use(ctx, store.DigestOf(ID(t))); ok || err != nil {
		t.Errorf("used what isn't there: %v, %v", ok, err)
	}
	const records, callers = 5, 8
	for range records {
		k, r := sample(t, clock, 60)
		r.Family = ID(t)
		put(t, s, k, r)
		var first atomic.Int32
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				got, ok, err := s.Use(ctx, k)
				if err != nil || !ok || got.Claims.ID != r.Claims.ID || got.Family != r.Family {
					t.Errorf("use: %+v, %v, %v", got, ok, err)
				}
				if !got.Used {
					first.Add(1)
				}
			})
		}
		all.Wait()
		if n := first.Load(); n != 1 {
			t.Errorf("%d of %d callers were the first", n, callers)
		}
		r.Used = true
		want(t, s, k, &r)
	}
	k, r := sample(t, clock, 60)
	put(t, s, k, r)
	if err := s.Revoke(ctx, store.TokenSubject(r.Claims.ID), r.Claims.Expires); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Use(ctx, k); ok || err != nil {
		t.Errorf("used what is revoked: %v, %v", ok, err)
	}
}

func concurrently(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, time.Millisecond)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range 20 {
				k, r := sample(t, clock, int64(n%2*60))
				if err := s.Put(ctx, k, r); err != nil {
					t.Error(err)
				}
				live := n%2 == 1
				if n%4 == 3 {
					if err := s.Revoke(ctx, store.TokenSubject(r.Claims.ID), r.Claims.Expires); err != nil {
						t.Error(err)
					}
					live = false
				}
				if got, ok, err := s.Get(ctx, k); err != nil || ok != live || live && got.Claims.ID != r.Claims.ID {
					t.Errorf("got %+v, %v, %v, want %v", got, ok, err, live)
				}
			}
		})
	}
	all.Wait()
}

// cancelled: who no longer waits gets an error, and never an answer that isn't one.
func cancelled(t *testing.T, open Open) {
	clock := NewClock()
	s := start(t, open, clock.Now, never)
	k, r := sample(t, clock, 60)
	put(t, s, k, r)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, ok, err := s.Get(ctx, k); ok != (err == nil) {
		t.Errorf("get: %v, %v", ok, err)
	} else if err != nil && !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("get: %v doesn't say that the store can't tell", err)
	}
	if err := s.Revoke(ctx, store.TokenSubject(r.Claims.ID), r.Claims.Expires); err == nil {
		wantRevoked(t, s, true, store.TokenSubject(r.Claims.ID))
	} else if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("revoke: %v doesn't say that the store can't tell", err)
	}
}
