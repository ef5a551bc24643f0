package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

// loaders fill a store at the same time, for stores that commit in groups.
const loaders = 64

// Bench measures one call at a time in a store of 1,000, 100,000 and 1,000,000 records;
// with -short only of 1,000. Revocations are of tokens that are kept.
func Bench(b *testing.B, open Open) {
	for _, rows := range []int{1000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			if testing.Short() && rows > 1000 {
				b.Skip("takes minutes to fill a server")
			}
			benchAt(b, open, rows)
		})
	}
}

func benchAt(b *testing.B, open Open, rows int) {
	ctx, clock := context.Background(), NewClock()
	s := start(b, open, clock.Now, time.Minute)
	ids := fillFrom(b, s, clock, rows)
	b.Run("put", func(b *testing.B) {
		for b.Loop() {
			k, r := sample(b, clock, 3600)
			put(b, s, k, r)
		}
	})
	b.Run("get", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if _, ok, err := s.Get(ctx, store.DigestOf(ids[n*7919%rows])); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
	b.Run("revoke", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if err := s.Revoke(ctx, store.TokenSubject(ids[n*7919%rows]), clock.Now().Unix()+3600); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func fillFrom(b *testing.B, s store.Store, clock *Clock, rows int) (ids []string) {
	ids = make([]string, rows)
	var all sync.WaitGroup
	for w := range loaders {
		all.Go(func() {
			for n := w; n < rows; n += loaders {
				k, r := sample(b, clock, 3600)
				ids[n] = r.Claims.ID
				if err := s.Put(context.Background(), k, r); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return ids
}
