package postgres

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/store"
)

func (s *Store) Remember(ctx context.Context, k store.Key, until int64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	done, err := s.pool.Exec(ctx, remember, []byte(k), s.now().Unix(), until)
	if err != nil {
		return false, unavailable("remember", err)
	}
	return done.RowsAffected() == 1, nil
}
