package store_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
	"github.com/oauthmark/oauthmark/reference/token"
)

func openMemory(_ testing.TB, now func() time.Time, period time.Duration) store.Store {
	return store.NewMemory(now, period)
}

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Conform(t, false, openMemory)
}

// Expired records go away within a period, and live ones stay. That the removal
// ends is part of the test: synctest waits for every goroutine.
func TestMemoryRemovesExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const period, short, long = time.Minute, 100, 1000
		ctx := context.Background()
		m := store.NewMemory(time.Now, period)
		defer m.Close()
		now := time.Now().Unix()
		for n := range short + long {
			r := store.Record{Claims: token.Claims{Expires: now + 5}, Family: "one"}
			if n >= short {
				r.Claims.Expires = now + 3600
			}
			if err := m.Put(ctx, store.DigestOf(fmt.Sprint(n)), r); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{4 * time.Second, short + long}, {time.Second + period, long}, {time.Hour + period, 0}} {
			time.Sleep(step.after)
			synctest.Wait()
			if n := m.Len(); n != step.want {
				t.Errorf("%d kept after %v more, want %d", n, step.after, step.want)
			}
		}
	})
}

// A million tokens take at most 400 MB. The garbage collector lets a heap grow to
// twice what lives, so that what lives may be at most half of that.
func TestMemorySize(t *testing.T) {
	const records, most = 50_000, 190
	m, size := fill(t, records)
	defer m.Close()
	if per := size / records; per > most {
		t.Errorf("%d B for each record, want at most %d", per, most)
	}
}

// fill returns a store with records, and what it takes, in bytes.
func fill(t testing.TB, records int) (*store.Memory, int64) {
	t.Helper()
	ctx := context.Background()
	live := func() int64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc)
	}
	before := live()
	m := store.NewMemory(time.Now, time.Hour)
	now := time.Now().Unix()
	for n := range records {
		r := store.Record{Kind: store.Access, Claims: token.Claims{
			Issuer: "https://as.example", Audience: "https://api.example", Subject: "app", ClientID: "app",
			Scope: "read write", IssuedAt: now, Expires: now + 3600 + int64(n%60), ID: storetest.ID(t),
		}}
		if err := m.Put(ctx, store.DigestOf(r.Claims.ID), r); err != nil {
			t.Fatal(err)
		}
	}
	return m, live() - before
}

func BenchmarkMemory(b *testing.B) { storetest.Bench(b, openMemory) }

func BenchmarkMemorySize(b *testing.B) {
	const records = 1_000_000
	for b.Loop() {
		m, size := fill(b, records)
		b.ReportMetric(float64(size)/records, "B/record")
		if err := m.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
