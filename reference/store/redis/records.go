package redis

import (
	"context"
	"errors"

	client "github.com/redis/go-redis/v9"

	"github.com/oauthmark/oauthmark/reference/store"
)

func (s *Store) Put(ctx context.Context, k store.Key, r store.Record) error {
	row, err := rowOf(k, &r)
	if err != nil {
		return err
	}
	if err = put.Run(ctx, s.client, s.keys, row...).Err(); err != nil {
		return unavailable("put record", err)
	}
	return nil
}

// rowOf returns what the script put takes.
func rowOf(k store.Key, r *store.Record) ([]any, error) {
	body, err := r.Encode()
	if err != nil {
		return nil, err
	}
	used := "0"
	if r.Used {
		used = "1"
	}
	return []any{string(k), r.Claims.ID, r.Family, r.Claims.Expires, used, body, margin}, nil
}

func (s *Store) Get(ctx context.Context, k store.Key) (store.Record, bool, error) {
	return s.find(ctx, "get record", get, k)
}

func (s *Store) Use(ctx context.Context, k store.Key) (store.Record, bool, error) {
	return s.find(ctx, "use record", use, k)
}

func (s *Store) find(ctx context.Context, operation string, script *client.Script, k store.Key) (store.Record, bool, error) {
	found, err := script.Run(ctx, s.client, s.keys, string(k), s.now().Unix()).StringSlice()
	if errors.Is(err, client.Nil) {
		return store.Record{}, false, nil
	}
	if err == nil && len(found) != 2 {
		err = errors.New("malformed answer")
	}
	if err != nil {
		return store.Record{}, false, unavailable(operation, err)
	}
	r, err := store.DecodeRecord([]byte(found[1]), found[0] == "1")
	return r, err == nil, err
}
