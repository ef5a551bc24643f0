package storetest

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/servers"
)

// Server is a database server under test.
type Server struct {
	URL     string
	started *servers.Server // nil for one that was there
}

const (
	envStores   = "OAUTHMARK_TEST_STORES" // start servers; a lack of one is a failure
	envPostgres = "OAUTHMARK_TEST_POSTGRES"
	envRedis    = "OAUTHMARK_TEST_REDIS"
)

// Postgres returns a PostgreSQL server: the one whose URL the environment holds, or
// one started from the machine's package, which ends with the test.
func Postgres(t testing.TB) *Server {
	t.Helper()
	return serverOf(t, "PostgreSQL", envPostgres, servers.Postgres)
}

// Redis does the same with a Redis server, which confirms nothing before it is on
// the disk.
func Redis(t testing.TB) *Server {
	t.Helper()
	return serverOf(t, "Redis", envRedis, servers.Redis)
}

func serverOf(t testing.TB, name, env string, start func(context.Context) (*servers.Server, error)) *Server {
	t.Helper()
	if url := os.Getenv(env); url != "" {
		return &Server{URL: url}
	}
	if os.Getenv(envStores) == "" {
		t.Skipf("needs a %s server: run make test-stores, or give its URL in %s", name, env)
	}
	s, err := start(context.Background())
	if err != nil {
		t.Fatalf("%s is set: %v", envStores, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Server{s.URL, s}
}

// Ours reports whether the server was started for the test, which may do with it as
// it likes.
func (s *Server) Ours() bool { return s.started != nil }

// Start starts the server again, and waits until it accepts connections.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.started.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Kill ends the server with SIGKILL: it has no time to save anything.
func (s *Server) Kill() { s.started.Kill() }

// Opener opens stores in a server that accepts connections and may not be ready yet.
func Opener[S store.Store](url string, open func(context.Context, string, store.Options) (S, error)) func(testing.TB, store.Options) S {
	return func(t testing.TB, o store.Options) S {
		t.Helper()
		return OpenReady(t, func() (S, error) { return open(context.Background(), url, o) })
	}
}

// Opening is such an opener as [Conform] takes it.
func Opening[S store.Store](open func(testing.TB, store.Options) S) Open {
	return func(t testing.TB, now func() time.Time, period time.Duration) store.Store {
		t.Helper()
		return open(t, store.Options{Now: now, Period: period})
	}
}

// OpenFails wants errors, in which a URL's password isn't.
func OpenFails[S store.Store](t *testing.T, open func(context.Context, string, store.Options) (S, error), urls ...string) {
	t.Helper()
	for _, url := range urls {
		s, err := open(context.Background(), url, store.Options{Timeout: time.Second})
		if err == nil {
			t.Error("no error", s.Close())
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Error("the error shows the password")
		}
	}
}

// OpenReady opens a store, or what has one, in a server that accepts connections and may
// not be ready yet.
func OpenReady[S any](t testing.TB, open func() (S, error)) S {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		s, err := open()
		if err == nil {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
