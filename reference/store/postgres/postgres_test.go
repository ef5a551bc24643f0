package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

func opener(url string) storetest.Open {
	return func(t testing.TB, now func() time.Time, period time.Duration) store.Store {
		t.Helper()
		return open(t, url, Options{Now: now, Period: period})
	}
}

func open(t testing.TB, url string, o Options) *Store {
	t.Helper()
	return storetest.OpenReady(t, func() (*Store, error) { return Open(context.Background(), url, o) })
}

func TestStore(t *testing.T) {
	server := storetest.Postgres(t)
	storetest.Conform(t, true, opener(server.URL))
	t.Run("settings", func(t *testing.T) {
		s := open(t, server.URL, Options{})
		defer s.Close()
		if w := s.Warnings(); len(w) > 0 && server.Ours() {
			t.Errorf("warnings %q", w)
		}
		var commit string
		if err := s.pool.QueryRow(context.Background(), "SHOW synchronous_commit").Scan(&commit); err != nil || commit != "on" {
			t.Errorf("synchronous_commit is %q, %v", commit, err)
		}
	})
	t.Run("killed", func(t *testing.T) { storetest.Storm(t, server, opener(server.URL)) })
}

// A URL's password is in no error.
func TestOpenFails(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://user:s3cret@127.0.0.1:x/db", "postgres://user:s3cret@127.0.0.1:1/db?connect_timeout=1", "://s3cret", "password=s3cret x",
	} {
		s, err := Open(context.Background(), url, Options{Timeout: time.Second})
		if err == nil {
			t.Error("no error", s.Close())
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Error("the error shows the password")
		}
	}
}

func BenchmarkPostgres(b *testing.B) { storetest.Bench(b, opener(storetest.Postgres(b).URL)) }
