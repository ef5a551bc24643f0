package sqlite

import (
	"context"
	"iter"

	"github.com/oauthmark/oauthmark/reference/store"
)

// loaded is how many records are committed together: the log, which is copied into
// the tree after a commit, stays small, and the writer isn't held up for long.
const loaded = 10_000

// Load keeps records, many in a commit.
func (s *Store) Load(ctx context.Context, records iter.Seq2[store.Key, store.Record]) error {
	var rows [][]any
	flush := func() error {
		err := s.writer.do(ctx, func(t *transaction) error { return t.execAll(insertRecord, rows) })
		// Not emptied but left to the writer, which may still have them when ctx ends.
		rows = nil
		return err
	}
	for k, r := range records {
		values, err := rowOf(k, &r)
		if err != nil {
			return err
		}
		if rows = append(rows, values); len(rows) < loaded {
			continue
		}
		if err := flush(); err != nil {
			return unavailable("load records", err)
		}
	}
	if err := flush(); err != nil {
		return unavailable("load records", err)
	}
	return nil
}
