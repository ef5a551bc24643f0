package sqlite

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/store"
)

func (s *Store) Remember(ctx context.Context, k store.Key, until int64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	now := s.now().Unix()
	kept := new(int64)
	err := s.writer.do(ctx, func(t *transaction) (err error) {
		*kept, err = t.exec(remember, []byte(k), now, until)
		return err
	})
	if err != nil {
		return false, unavailable("remember", err)
	}
	return *kept == 1, nil
}
