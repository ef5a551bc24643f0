package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

func TestConform(t *testing.T) {
	t.Parallel()
	storetest.Conform(t, true, opener(t))
}

// opener opens one file, whose name needs escaping, in a folder of its own.
func opener(t testing.TB) storetest.Open {
	path := filepath.Join(t.TempDir(), "a name? with 100%#.db")
	return func(t testing.TB, now func() time.Time, period time.Duration) store.Store {
		t.Helper()
		s, err := Open(context.Background(), path, Options{Now: now, Period: period})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	if s, err := Open(context.Background(), filepath.Join(t.TempDir(), "no", "such", "folder"), Options{}); err == nil {
		t.Error("no error", s.Close())
	}
}

func BenchmarkSQLite(b *testing.B) { storetest.Bench(b, opener(b)) }
