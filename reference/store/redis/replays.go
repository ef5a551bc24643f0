package redis

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/store"
)

func (s *Store) Remember(ctx context.Context, k store.Key, until int64) (bool, error) {
	fresh, err := remember.Run(ctx, s.client, s.keys, string(k), until, s.now().Unix(), margin).Bool()
	if err != nil {
		return false, unavailable("remember", err)
	}
	return fresh, nil
}
