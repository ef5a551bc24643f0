package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Load keeps records in one COPY: all of them, or none. It takes its time: the limit
// is that of ctx.
func (s *Store) Load(ctx context.Context, records iter.Seq2[store.Key, store.Record]) error {
	next, stop := iter.Pull2(records)
	defer stop()
	source := pgx.CopyFromFunc(func() ([]any, error) {
		k, r, ok := next()
		if !ok {
			return nil, nil
		}
		return rowOf(k, &r)
	})
	if _, err := s.pool.CopyFrom(ctx, recordsTable, recordsColumns, source); err != nil {
		return unavailable("load records", err)
	}
	// What the planner knows of an empty table is wrong of a full one.
	if _, err := s.pool.Exec(ctx, analyzeRecords); err != nil {
		return unavailable("load records", err)
	}
	return nil
}
