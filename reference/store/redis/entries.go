package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	client "github.com/redis/go-redis/v9"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Entries keeps bytes for a time in a Redis server. It is a cache, with none of a
// [Store]'s promises: what isn't there was forgotten, or never kept.
type Entries struct {
	client  *client.Client
	prefix  string
	timeout time.Duration
}

// NewEntries connects to nothing yet. No operation takes longer than the timeout. A name
// behind # in the URL is a part of all keys: what [Store.Remove] removes of a store of that
// name are these, too.
func NewEntries(url string, timeout time.Duration) (*Entries, error) {
	url, name, err := store.CutName(url)
	if err != nil {
		return nil, fmt.Errorf("cache in redis: %w", err)
	}
	options, err := client.ParseURL(url)
	if err != nil { // which may quote the URL, and that holds a password
		return nil, fmt.Errorf("cache in redis: %w", errURL)
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = timeout, timeout, timeout, timeout
	options.ContextTimeoutEnabled = true
	options.MaxRetries, options.DialerRetries = -1, 1
	e := &Entries{client: client.NewClient(options), timeout: timeout}
	if name != "" {
		e.prefix = prefixOf(name)
	}
	return e, nil
}

// Close ends the connections.
func (e *Entries) Close() error { return e.client.Close() }

// Get returns a value and how long it will still be kept; nil when there is none.
func (e *Entries) Get(ctx context.Context, key string) (value []byte, left time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	pipe := e.client.Pipeline()
	got, ttl := pipe.Get(ctx, e.prefix+key), pipe.PTTL(ctx, e.prefix+key)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, client.Nil) {
		return nil, 0, fmt.Errorf("read cache in redis: %w", err)
	}
	b, err := got.Bytes()
	if err != nil || ttl.Val() <= 0 { // one without an end isn't of Set
		return nil, 0, nil
	}
	return b, ttl.Val(), nil
}

// Set keeps a value for a lifetime, cut to whole milliseconds; none of 0.
func (e *Entries) Set(ctx context.Context, key string, value []byte, lifetime time.Duration) error {
	if lifetime = lifetime.Truncate(time.Millisecond); lifetime <= 0 {
		return nil // 0 would be forever
	}
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	if err := e.client.Set(ctx, e.prefix+key, value, lifetime).Err(); err != nil {
		return fmt.Errorf("write cache in redis: %w", err)
	}
	return nil
}
