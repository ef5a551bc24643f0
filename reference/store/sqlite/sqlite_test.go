package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
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

// A disk that is full is an error, takes nothing that was confirmed, and once there
// is room again the store goes on.
func TestFull(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.write.ExecContext(ctx, "PRAGMA max_page_count = 40"); err != nil {
		t.Fatal(err)
	}
	expires := time.Now().Unix() + 600
	var confirmed []store.Subject
	for {
		subject := store.TokenSubject(storetest.ID(t) + strings.Repeat("x", 1000))
		if err := s.Revoke(ctx, subject, expires); err != nil {
			if !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%v doesn't say that the store can't tell", err)
			}
			break
		}
		if confirmed = append(confirmed, subject); len(confirmed) > 1000 {
			t.Fatal("the file never fills")
		}
	}
	if _, err := s.write.ExecContext(ctx, "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	more := store.TokenSubject(storetest.ID(t))
	if err := s.Revoke(ctx, more, expires); err != nil {
		t.Errorf("with room again: %v", err)
	}
	for _, subject := range append(confirmed, more) {
		if revoked, err := s.Revoked(ctx, subject); !revoked || err != nil {
			t.Errorf("a confirmed revocation is lost: %v, %v", revoked, err)
		}
	}
}

func BenchmarkSQLite(b *testing.B) { storetest.Bench(b, opener(b)) }
