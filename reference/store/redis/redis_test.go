package redis

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

func TestStore(t *testing.T) {
	server := storetest.Redis(t)
	open := storetest.Opener(server.URL, Open)
	storetest.Conform(t, true, storetest.Opening(open))
	if server.Ours() {
		t.Run("every row leaves", func(t *testing.T) { leaves(t, open(t, Options{})) })
		t.Run("settings", func(t *testing.T) { settings(t, open(t, Options{})) })
	}
	t.Run("names", func(t *testing.T) { storetest.Names(t, server.URL, Open) })
	t.Run("killed", func(t *testing.T) { storetest.Storm(t, server, storetest.Opening(open)) })
}

// leaves: the server removes every row by itself, but for the list, which sweep does.
func leaves(t *testing.T, s *Store) {
	defer s.Close()
	ctx := context.Background()
	all, err := s.client.Keys(ctx, prefix+"*").Result()
	if err != nil || len(all) == 0 {
		t.Fatalf("%d rows, %v", len(all), err)
	}
	for _, key := range all {
		switch strings.TrimPrefix(key, prefix) {
		case "log", "due", "number":
			continue
		}
		if ttl, err := s.client.TTL(ctx, key).Result(); err != nil || ttl == -1 {
			t.Errorf("a row stays forever: %.14q, %v", key, err)
		}
	}
	s.now = func() time.Time { return time.Now().Add(1000 * time.Hour) }
	for more := true; more; {
		if more, err = s.sweep(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.client.Exists(ctx, prefix+"log", prefix+"due").Result(); n != 0 || err != nil {
		t.Errorf("%d lists with entries, %v", n, err)
	}
}

func settings(t *testing.T, s *Store) {
	defer s.Close()
	if len(s.Warnings()) > 0 {
		t.Errorf("warnings %q", s.Warnings())
	}
	ctx := context.Background()
	if err := s.client.ConfigSet(ctx, "appendfsync", "everysec").Err(); err != nil {
		t.Fatal(err)
	}
	if w := s.judge(ctx); len(w) != 1 || !strings.Contains(w[0], "appendfsync is everysec") {
		t.Errorf("warnings %q", w)
	}
	if err := s.client.ConfigSet(ctx, "appendfsync", "always").Err(); err != nil {
		t.Fatal(err)
	}
}

// A URL's password is in no error.
func TestOpenFails(t *testing.T) {
	t.Parallel()
	storetest.OpenFails(t, Open, "redis://user:s3cret@127.0.0.1:x/0", "redis://user:s3cret@127.0.0.1:1/0", "s3cret://", "redis://:s3cret@%")
}

func BenchmarkRedis(b *testing.B) {
	storetest.Bench(b, storetest.Opening(storetest.Opener(storetest.Redis(b).URL, Open)))
}
