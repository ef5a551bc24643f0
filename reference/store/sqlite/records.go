package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/oauthmark/oauthmark/reference/store"
)

func (s *Store) Put(ctx context.Context, k store.Key, r store.Record) error {
	row, err := rowOf(k, &r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err = s.writer.do(ctx, func(t *transaction) error {
		_, err := t.exec(insertRecord, row...)
		return err
	})
	if err != nil {
		return unavailable("put record", err)
	}
	return nil
}

// rowOf returns what insertRecord takes.
func rowOf(k store.Key, r *store.Record) ([]any, error) {
	body, err := r.Encode()
	if err != nil {
		return nil, err
	}
	return []any{[]byte(k), r.Claims.ID, r.Family, r.Claims.Expires, r.Used, body}, nil
}

func (s *Store) Get(ctx context.Context, k store.Key) (store.Record, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	r, ok, err := scan(s.get.QueryRowContext(ctx, []byte(k), s.now().Unix()))
	if err = errors.Join(err, s.file.there()); err != nil {
		return store.Record{}, false, unavailable("get record", err)
	}
	return r, ok, nil
}

func (s *Store) Use(ctx context.Context, k store.Key) (store.Record, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	type found struct {
		record store.Record
		ok     bool
	}
	// Left here by the writer, and read only when it says that it is done.
	f := new(found)
	now := s.now().Unix()
	err := s.writer.do(ctx, func(t *transaction) (err error) {
		*f = found{}
		f.record, f.ok, err = scan(t.row(selectLive, []byte(k), now))
		if err != nil || !f.ok || f.record.Used {
			return err
		}
		_, err = t.exec(markUsed, []byte(k))
		return err
	})
	if err != nil {
		return store.Record{}, false, unavailable("use record", err)
	}
	return f.record, f.ok, nil
}

func scan(row *sql.Row) (store.Record, bool, error) {
	var used bool
	var body []byte
	if err := row.Scan(&used, &body); errors.Is(err, sql.ErrNoRows) {
		return store.Record{}, false, nil
	} else if err != nil {
		return store.Record{}, false, err
	}
	r, err := store.DecodeRecord(body, used)
	return r, err == nil, err
}
