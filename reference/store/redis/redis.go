package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	client "github.com/redis/go-redis/v9"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Options are what a store takes from its surroundings.
type Options = store.Options

var errURL = errors.New("malformed URL")

// Store is a store in a Redis server.
type Store struct {
	now      func() time.Time
	client   *client.Client
	name     string
	keys     []string // of each script: the prefix
	warnings []string
	sweeper  *store.Sweeper
}

var (
	_ store.Store   = (*Store)(nil)
	_ store.Warner  = (*Store)(nil)
	_ store.Remover = (*Store)(nil)
)

// Open connects to the server. A name behind # in the URL is a part of all keys.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	o = o.WithDefaults()
	url, name, err := store.CutName(url)
	if err != nil {
		return nil, fmt.Errorf("open redis store: %w", err)
	}
	s := &Store{now: o.Now, name: name, keys: []string{prefixOf(name)}}
	options, err := client.ParseURL(url)
	if err != nil { // which may quote the URL, and that holds a password
		return nil, fmt.Errorf("open redis store: %w", errURL)
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = o.Timeout, o.Timeout, o.Timeout, o.Timeout
	options.ContextTimeoutEnabled = true
	// A use that was made and whose answer was lost would come back as a second use.
	options.MaxRetries = -1
	s.client = client.NewClient(options)
	if err := s.client.Ping(ctx).Err(); err != nil {
		return nil, errors.Join(unavailable("open store", err), s.client.Close())
	}
	s.warnings = s.judge(ctx)
	s.sweeper = store.StartSweeper(o.Period, s.sweep)
	return s, nil
}

// durable are the settings without which a confirmed revocation may be lost.
var durable = []struct{ setting, value, otherwise string }{
	{"appendonly", "yes", "revocations that were confirmed are lost when the server ends"},
	{"appendfsync", "always", "the revocations of the last second may be lost when the machine ends"},
	{"maxmemory-policy", "noeviction", "revocations may be evicted when the memory is full"},
}

func (s *Store) judge(ctx context.Context) (warnings []string) {
	for _, d := range durable {
		got, err := s.client.ConfigGet(ctx, d.setting).Result()
		switch {
		case err != nil || got[d.setting] == "":
			warnings = append(warnings, fmt.Sprintf("redis: %s can't be read: unless it is %s, %s", d.setting, d.value, d.otherwise))
		case got[d.setting] != d.value:
			warnings = append(warnings, fmt.Sprintf("redis: %s is %s and not %s: %s", d.setting, got[d.setting], d.value, d.otherwise))
		}
	}
	return warnings
}

// Warnings says which of the server's settings endanger what it confirmed.
func (s *Store) Warnings() []string { return s.warnings }

// Remove removes all keys of a named store.
func (s *Store) Remove(ctx context.Context) error {
	if s.name == "" {
		return fmt.Errorf("remove redis store: %w", store.ErrNoName)
	}
	s.sweeper.Stop()
	for cursor := uint64(0); ; {
		found, next, err := s.client.Scan(ctx, cursor, s.keys[0]+"*", 1000).Result()
		if err == nil && len(found) > 0 {
			err = s.client.Unlink(ctx, found...).Err()
		}
		if err != nil {
			return unavailable("remove store", err)
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// Close ends what the store runs and its connections.
func (s *Store) Close() error {
	s.sweeper.Stop()
	if err := s.client.Close(); err != nil && !errors.Is(err, client.ErrClosed) {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// unavailable says that the store can't tell. Redis's messages hold no values.
func unavailable(operation string, err error) error {
	return fmt.Errorf("%s in redis: %w: %w", operation, store.ErrUnavailable, err)
}
