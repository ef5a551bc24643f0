package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oauthmark/oauthmark/reference/token"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		m := NewMemory(time.Now, time.Minute)
		defer m.Close()
		want := token.Claims{ID: "a", Expires: time.Now().Unix() + 10}
		if err := m.Put(ctx, DigestOf("one"), want); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := m.Get(ctx, DigestOf("one")); got != want || !ok || err != nil {
			t.Errorf("got %+v, %v, %v", got, ok, err)
		}
		if got, ok, err := m.Get(ctx, DigestOf("two")); got != (token.Claims{}) || ok || err != nil {
			t.Errorf("unknown: got %+v, %v, %v", got, ok, err)
		}
		time.Sleep(9 * time.Second)
		if _, ok, _ := m.Get(ctx, DigestOf("one")); !ok {
			t.Error("gone before its expiry")
		}
		time.Sleep(time.Second)
		if got, ok, _ := m.Get(ctx, DigestOf("one")); ok || got != (token.Claims{}) {
			t.Errorf("still there at its expiry: %+v", got)
		}
	})
}

// Expired claims go away with nobody asking for them, and live ones stay. That
// the removal ends is part of the test: synctest waits for every goroutine.
func TestMemoryRemovesExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const period, short, long = time.Minute, 100, 1000
		ctx := context.Background()
		m := NewMemory(time.Now, period)
		now := time.Now().Unix()
		for n := range short + long {
			c := token.Claims{Expires: now + 5}
			if n >= short {
				c.Expires = now + 3600
			}
			if err := m.Put(ctx, DigestOf(fmt.Sprint(n)), c); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if n := m.Len(); n != short+long {
			t.Errorf("%d kept before the expiry, want %d", n, short+long)
		}
		time.Sleep(time.Second + period)
		synctest.Wait()
		if n := m.Len(); n != long {
			t.Errorf("%d kept a period after the expiry, want %d", n, long)
		}
		time.Sleep(time.Hour + period)
		synctest.Wait()
		if n := m.Len(); n != 0 {
			t.Errorf("%d kept at the end, want none", n)
		}
		for range 2 {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestMemoryConcurrently(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := NewMemory(func() time.Time { return time.Unix(1000, 0) }, time.Millisecond)
	defer m.Close()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := range 500 {
				id := fmt.Sprintf("%d/%d", w, n)
				if err := m.Put(ctx, DigestOf(id), token.Claims{ID: id, Expires: int64(1000 + n%2)}); err != nil {
					t.Error(err)
				}
				c, ok, err := m.Get(ctx, DigestOf(id))
				if live := n%2 == 1; err != nil || ok != live || (live && c.ID != id) {
					t.Errorf("%s: got %+v, %v, %v", id, c, ok, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestDigest(t *testing.T) {
	t.Parallel()
	// FIPS 180-2, appendix B.1.
	if got, want := fmt.Sprintf("%x", DigestOf("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	if strings.Contains(fmt.Sprint(DigestOf("secret")), "secret") {
		t.Error("a digest shows what was digested")
	}
}
