package redis

import (
	"context"
	"fmt"
	"strconv"

	"github.com/oauthmark/oauthmark/reference/store"
)

// batch is how many entries of the list are removed at once.
const batch = 1000

func (s *Store) Revoke(ctx context.Context, subject store.Subject, expires int64) error {
	if err := subject.Check(); err != nil {
		return err
	}
	now := s.now().Unix()
	if expires <= now {
		return nil
	}
	if err := revoke.Run(ctx, s.client, s.keys, string(subject), expires, now, margin).Err(); err != nil {
		return unavailable("revoke", err)
	}
	return nil
}

func (s *Store) Revoked(ctx context.Context, subjects ...store.Subject) (bool, error) {
	if len(subjects) == 0 {
		return false, nil
	}
	names := make([]string, len(subjects))
	for i, subject := range subjects {
		names[i] = s.keys[0] + string(subject)
	}
	values, err := s.client.MGet(ctx, names...).Result()
	if err != nil {
		return false, unavailable("look for revocation", err)
	}
	for _, value := range values {
		if value == nil {
			continue
		}
		expires, err := strconv.ParseInt(fmt.Sprint(value), 10, 64)
		if err != nil {
			return false, unavailable("look for revocation", err)
		}
		if expires > s.now().Unix() {
			return true, nil
		}
	}
	return false, nil
}

// List goes by number, which the server gives in the order in which it revokes. It
// asks again in the place of what has expired: a short page is the end.
func (s *Store) List(ctx context.Context, after store.Cursor, limit int) ([]store.Revocation, store.Cursor, error) {
	number, err := after.Numbers(1)
	if err != nil {
		return nil, after, err
	}
	var page []store.Revocation
	for len(page) < limit {
		asked := limit - len(page)
		found, err := list.Run(ctx, s.client, s.keys, number[0], asked).StringSlice()
		if err != nil {
			return nil, after, unavailable("list revocations", err)
		}
		for i := 0; i+2 < len(found); i += 3 {
			r := store.Revocation{Subject: store.Subject(found[i])}
			if number[0], err = strconv.ParseInt(found[i+1], 10, 64); err != nil {
				return nil, after, unavailable("list revocations", err)
			}
			if r.Expires, err = strconv.ParseInt(found[i+2], 10, 64); err != nil {
				return nil, after, unavailable("list revocations", err)
			}
			if r.Expires > s.now().Unix() {
				page = append(page, r)
			}
		}
		if len(found) < 3*asked {
			break
		}
	}
	return page, store.CursorOf(number[0]), nil
}

// sweep removes what has expired from the list; all else the server removes itself.
func (s *Store) sweep(ctx context.Context) (more bool, err error) {
	removed, err := sweep.Run(ctx, s.client, s.keys, s.now().Unix(), batch).Int()
	if err != nil {
		return false, unavailable("remove expired entries", err)
	}
	return removed == batch, nil
}
