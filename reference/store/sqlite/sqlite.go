package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the driver, named "sqlite"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Options are what a store takes from its surroundings.
type Options = store.Options

// Store is a store in an SQLite file, for one process.
type Store struct {
	now     func() time.Time
	timeout time.Duration
	file    *file
	read    *sql.DB
	anchor  *sql.Conn // never used: SQLite removes its log with the last connection
	write   *sql.DB
	get     *sql.Stmt
	revoked *sql.Stmt
	list    *sql.Stmt
	writer  *writer
	sweeper *store.Sweeper
}

var _ store.Store = (*Store)(nil)

// Open opens the file, and makes it if it isn't there.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	o = o.WithDefaults()
	s := &Store{now: o.Now, timeout: o.Timeout}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), s.closeFiles())
	}
	s.sweeper = store.StartSweeper(o.Period, s.sweep)
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := private(absolute); err != nil {
		return err
	}
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute)}
	// In a large tree each commit changes pages that no other does, and a rarer
	// checkpoint, of 16 MB, writes more of them in a row.
	//
	// FULL synchronizes the log at each commit; NORMAL, the usual setting with a
	// write-ahead log, may lose the last commits when the machine loses power.
	name := file.String() + fmt.Sprintf("?_txlock=immediate&_pragma=busy_timeout(%d)", s.timeout.Milliseconds()) +
		"&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-65536)&_pragma=mmap_size(1073741824)"
	if s.write, err = sql.Open("sqlite", name); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if _, err := s.write.ExecContext(ctx, schema); err != nil {
		return err
	}
	statements := map[string]*sql.Stmt{}
	for _, query := range changes {
		if statements[query], err = s.write.PrepareContext(ctx, query); err != nil {
			return err
		}
	}
	if s.read, err = sql.Open("sqlite", name+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	readers := runtime.GOMAXPROCS(0)
	s.read.SetMaxOpenConns(readers + 1)
	s.read.SetMaxIdleConns(readers)
	if s.anchor, err = s.read.Conn(ctx); err != nil {
		return err
	}
	for statement, query := range map[**sql.Stmt]string{&s.get: selectLive, &s.revoked: selectRevoked, &s.list: selectList} {
		if *statement, err = s.read.PrepareContext(ctx, query); err != nil {
			return err
		}
	}
	if s.file, err = watch(absolute); err != nil {
		return err
	}
	s.writer = startWriter(s.write, statements, s.file.look)
	return nil
}

// Close ends what the store runs and closes its file.
func (s *Store) Close() error {
	s.sweeper.Stop()
	s.writer.stop()
	if err := s.closeFiles(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

func (s *Store) closeFiles() error {
	var errs []error
	if s.anchor != nil {
		if err := s.anchor.Close(); !errors.Is(err, sql.ErrConnDone) {
			errs = append(errs, err)
		}
	}
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// unavailable says that the store can't tell. SQLite's messages hold no values.
func unavailable(operation string, err error) error {
	return fmt.Errorf("%s in sqlite: %w: %w", operation, store.ErrUnavailable, err)
}
