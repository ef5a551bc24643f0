package redis

import (
	"context"
	"iter"

	"github.com/oauthmark/oauthmark/reference/store"
)

// loaded is how many records are sent before an answer is waited for.
const loaded = 1000

// Load keeps records, many in a round trip.
func (s *Store) Load(ctx context.Context, records iter.Seq2[store.Key, store.Record]) error {
	// A pipeline can't fall back from the script's digest to its text.
	if err := put.Load(ctx, s.client).Err(); err != nil {
		return unavailable("load records", err)
	}
	pipe := s.client.Pipeline()
	flush := func() error {
		if pipe.Len() == 0 {
			return nil
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return unavailable("load records", err)
		}
		return nil
	}
	for k, r := range records {
		values, err := rowOf(k, &r)
		if err != nil {
			return err
		}
		put.EvalSha(ctx, pipe, s.keys, values...)
		if pipe.Len() < loaded {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return flush()
}
