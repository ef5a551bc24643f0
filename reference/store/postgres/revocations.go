package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/oauthmark/oauthmark/reference/store"
)

// batch is how many expired rows are removed at once.
const batch = 1000

func (s *Store) Revoke(ctx context.Context, subject store.Subject, expires int64) error {
	if err := subject.Check(); err != nil {
		return err
	}
	now := s.now().Unix()
	if expires <= now {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	_, err := s.pool.Exec(ctx, insertRevoked, []byte(subject), expires)
	// In a transaction of their own: a member that is put too late to be found here is
	// put by someone who can see by then that its family is listed.
	if family, ok := subject.Family(); ok && err == nil {
		_, err = s.pool.Exec(ctx, insertMembers, []byte(family), now)
	}
	if err != nil {
		return unavailable("revoke", err)
	}
	return nil
}

func (s *Store) Revoked(ctx context.Context, subjects ...store.Subject) (revoked bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	names := make([][]byte, len(subjects))
	for i, subject := range subjects {
		names[i] = []byte(subject)
	}
	if err := s.pool.QueryRow(ctx, selectRevoked, names, s.now().Unix()).Scan(&revoked); err != nil {
		return false, unavailable("look for revocation", err)
	}
	return revoked, nil
}

// List stops before the oldest transaction that is still running, anywhere in the
// server, for that may list something yet; what comes later has a later number. A
// transaction that is left open for long holds the list up, and loses nothing.
func (s *Store) List(ctx context.Context, after store.Cursor, limit int) ([]store.Revocation, store.Cursor, error) {
	place, err := after.Numbers(2)
	if err != nil {
		return nil, after, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	// A failed query shows when its rows are collected.
	rows, _ := s.pool.Query(ctx, selectList, strconv.FormatInt(place[0], 10), place[1], s.now().Unix(), limit)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r store.Revocation, err error) {
		var subject []byte
		err = row.Scan(&place[0], &place[1], &subject, &r.Expires)
		r.Subject = store.Subject(subject)
		return r, err
	})
	if err != nil {
		return nil, after, unavailable("list revocations", err)
	}
	return list, store.CursorOf(place...), nil
}

// Rows returns the number of rows kept, expired ones too.
func (s *Store) Rows(ctx context.Context) (n int, err error) {
	if err := s.pool.QueryRow(ctx, countRows).Scan(&n); err != nil {
		return 0, unavailable("count rows", err)
	}
	return n, nil
}

func (s *Store) sweep(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	for _, query := range []string{removeRecords, removeRevocations, removeReplays} {
		removed, err := s.pool.Exec(ctx, query, s.now().Unix(), batch)
		if err != nil {
			return false, unavailable("remove expired rows", err)
		}
		more = more || removed.RowsAffected() == batch
	}
	return more, nil
}
