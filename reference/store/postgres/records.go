package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/oauthmark/oauthmark/reference/store"
)

func (s *Store) Put(ctx context.Context, k store.Key, r store.Record) error {
	row, err := rowOf(k, &r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if _, err = s.pool.Exec(ctx, upsertRecord, row...); err != nil {
		return unavailable("put record", err)
	}
	return nil
}

// rowOf returns the values of recordsColumns.
func rowOf(k store.Key, r *store.Record) ([]any, error) {
	body, err := r.Encode()
	if err != nil {
		return nil, err
	}
	return []any{[]byte(k), []byte(r.Claims.ID), []byte(r.Family), r.Claims.Expires, r.Used, body}, nil
}

func (s *Store) Get(ctx context.Context, k store.Key) (store.Record, bool, error) {
	return s.find(ctx, "get record", selectLive, k)
}

func (s *Store) Use(ctx context.Context, k store.Key) (store.Record, bool, error) {
	return s.find(ctx, "use record", useLive, k)
}

func (s *Store) find(ctx context.Context, operation, query string, k store.Key) (store.Record, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var used bool
	var body []byte
	err := s.pool.QueryRow(ctx, query, []byte(k), s.now().Unix()).Scan(&used, &body)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Record{}, false, nil
	}
	if err != nil {
		return store.Record{}, false, unavailable(operation, err)
	}
	r, err := store.DecodeRecord(body, used)
	return r, err == nil, err
}
