package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
)

// group is how many writes share a commit at most.
const group = 256

var errClosed = errors.New("the store is closed")

// writer makes all changes, for SQLite has one writer at a time anyway.
type writer struct {
	db         *sql.DB
	queue      chan *change
	cancel     context.CancelFunc
	done       <-chan struct{}
	ended      sync.WaitGroup
	statements map[string]*sql.Stmt // by their text
	there      func() error         // says no once the file is gone, and what was committed with it
}

// change is a write that waits. What run finds out it leaves where only the one who
// waits reads it, after the end; it may run more than once.
type change struct {
	ctx context.Context // of the one who waits
	run func(*transaction) error
	end chan error
}

// transaction runs prepared statements in a transaction.
type transaction struct {
	ctx context.Context
	tx  *sql.Tx
	w   *writer
}

func startWriter(db *sql.DB, statements map[string]*sql.Stmt, there func() error) *writer {
	ctx, cancel := context.WithCancel(context.Background())
	w := &writer{db: db, queue: make(chan *change, group), cancel: cancel, done: ctx.Done(), statements: statements, there: there}
	w.ended.Go(func() { w.work(ctx) })
	return w
}

func (w *writer) stop() {
	w.cancel()
	w.ended.Wait()
}

// do waits until the change is committed. When the context ends first, the change
// may still be made.
func (w *writer) do(ctx context.Context, run func(*transaction) error) error {
	c := &change{ctx, run, make(chan error, 1)}
	select {
	case w.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.done:
		return errClosed
	}
	select {
	case err := <-c.end:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.done:
		return errClosed
	}
}

func (w *writer) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-w.queue:
			w.commit(ctx, w.waiting(c))
		}
	}
}

// waiting returns the change and those that have come to wait meanwhile.
func (w *writer) waiting(first *change) []*change {
	all := []*change{first}
	for len(all) < group {
		select {
		case c := <-w.queue:
			all = append(all, c)
		default:
			return all
		}
	}
	return all
}

// commit makes the changes together. When one of them can't be made, none was, and
// each is tried alone, so that it fails nobody but the one who asked for it. When it
// is the commit that fails, nothing is tried again: a use that had been committed
// after all would pass for a second use. Nor is it when no transaction can be begun,
// for that is nobody's change, and all would wait for each to fail.
func (w *writer) commit(ctx context.Context, all []*change) {
	// Nobody waits for those any more: they would hold up the others after an outage.
	all = slices.DeleteFunc(all, func(c *change) bool { return c.ctx.Err() != nil })
	if len(all) == 0 {
		return
	}
	reached, err := w.transact(ctx, all)
	if err != nil && reached == begun && len(all) > 1 && ctx.Err() == nil {
		for _, c := range all {
			_, err := w.transact(ctx, []*change{c})
			c.end <- err
		}
		return
	}
	for _, c := range all {
		c.end <- err
	}
}

// progress is how far a transaction came.
type progress int

const (
	nothing progress = iota
	begun
	made // all changes, which may be committed or not
)

// transact makes the changes in a transaction.
func (w *writer) transact(ctx context.Context, all []*change) (progress, error) {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return nothing, err
	}
	for _, c := range all {
		if err := c.run(&transaction{ctx, tx, w}); err != nil {
			return begun, errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		// After some failures SQLite keeps the transaction open, in which no other could
		// begin. After the others there is none, and this fails.
		_, _ = w.db.ExecContext(ctx, "ROLLBACK")
		return made, err
	}
	return made, w.there()
}

func (t *transaction) exec(query string, args ...any) (int64, error) {
	result, err := t.tx.StmtContext(t.ctx, t.w.statements[query]).ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// execAll runs one statement for many rows, and prepares for that once.
func (t *transaction) execAll(query string, rows [][]any) error {
	s := t.tx.StmtContext(t.ctx, t.w.statements[query])
	defer s.Close()
	for _, row := range rows {
		if _, err := s.ExecContext(t.ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) row(query string, args ...any) *sql.Row {
	return t.tx.StmtContext(t.ctx, t.w.statements[query]).QueryRowContext(t.ctx, args...)
}
