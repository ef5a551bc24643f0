package sqlite

import (
	"context"

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
	err := s.writer.do(ctx, func(t *transaction) error {
		if _, err := t.exec(dropShorter, string(subject), expires); err != nil {
			return err
		}
		if _, err := t.exec(insertRevoked, string(subject), expires); err != nil {
			return err
		}
		family, ok := subject.Family()
		if !ok {
			return nil
		}
		if _, err := t.exec(dropShorterMembers, family, now); err != nil {
			return err
		}
		_, err := t.exec(insertMembers, family, now)
		return err
	})
	if err != nil {
		return unavailable("revoke", err)
	}
	return nil
}

func (s *Store) Revoked(ctx context.Context, subjects ...store.Subject) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	now := s.now().Unix()
	if err := s.file.there(); err != nil {
		return false, unavailable("look for revocation", err)
	}
	for _, subject := range subjects {
		var revoked bool
		if err := s.revoked.QueryRowContext(ctx, string(subject), now).Scan(&revoked); err != nil {
			return false, unavailable("look for revocation", err)
		}
		if revoked {
			return true, nil
		}
	}
	return false, nil
}

// List goes by number. One writer gives the numbers, so that a number that can be
// seen has none before it that can't yet.
func (s *Store) List(ctx context.Context, after store.Cursor, limit int) ([]store.Revocation, store.Cursor, error) {
	number, err := after.Numbers(1)
	if err != nil {
		return nil, after, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := s.file.there(); err != nil {
		return nil, after, unavailable("list revocations", err)
	}
	rows, err := s.list.QueryContext(ctx, number[0], s.now().Unix(), limit)
	if err != nil {
		return nil, after, unavailable("list revocations", err)
	}
	defer rows.Close()
	var list []store.Revocation
	for rows.Next() {
		var r store.Revocation
		if err := rows.Scan(&number[0], &r.Subject, &r.Expires); err != nil {
			return nil, after, unavailable("list revocations", err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, after, unavailable("list revocations", err)
	}
	return list, store.CursorOf(number[0]), nil
}

// Rows returns the number of rows kept, expired ones too.
func (s *Store) Rows(ctx context.Context) (n int, err error) {
	if err := s.read.QueryRowContext(ctx, countRows).Scan(&n); err != nil {
		return 0, unavailable("count rows", err)
	}
	return n, nil
}

func (s *Store) sweep(ctx context.Context) (more bool, err error) {
	now := s.now().Unix()
	for _, query := range []string{removeRecords, removeRevocations, removeReplays} {
		removed := new(int64)
		err := s.writer.do(ctx, func(t *transaction) (err error) {
			*removed, err = t.exec(query, now, batch)
			return err
		})
		if err != nil {
			return false, err
		}
		more = more || *removed == batch
	}
	return more, nil
}
