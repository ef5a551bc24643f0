package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Options are what a store takes from its surroundings.
type Options = store.Options

var errURL = errors.New("malformed URL")

// Store is a store in a PostgreSQL server.
type Store struct {
	now      func() time.Time
	timeout  time.Duration
	name     string // of its schema; empty for the user's own
	pool     *pgxpool.Pool
	warnings []string
	sweeper  *store.Sweeper
}

var (
	_ store.Store   = (*Store)(nil)
	_ store.Warner  = (*Store)(nil)
	_ store.Remover = (*Store)(nil)
)

// Open connects to the server and makes the tables that aren't there: in the schema that is
// named behind # in the URL, if one is.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	o = o.WithDefaults()
	url, name, err := store.CutName(url)
	if err != nil {
		return nil, fmt.Errorf("open postgres store: %w", err)
	}
	s := &Store{now: o.Now, timeout: o.Timeout, name: name}
	config, err := pgxpool.ParseConfig(url)
	if err != nil { // which may quote the URL, and that holds a password
		return nil, fmt.Errorf("open postgres store: %w", errURL)
	}
	config.ConnConfig.ConnectTimeout = s.timeout
	// A commit is on the disk before it is confirmed, whatever the server's default.
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	if name != "" {
		config.ConnConfig.RuntimeParams["search_path"] = name
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, unavailable("open store", err)
	}
	if err := s.prepare(ctx); err != nil {
		s.pool.Close()
		return nil, unavailable("open store", err)
	}
	s.sweeper = store.StartSweeper(o.Period, s.sweep)
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if s.name != "" {
		if _, err := s.pool.Exec(ctx, makeSchema(s.name)); err != nil {
			return err
		}
	}
	if _, err := s.pool.Exec(ctx, schema); err != nil {
		return err
	}
	var fsync, pages string
	if err := s.pool.QueryRow(ctx, selectSettings).Scan(&fsync, &pages); err != nil {
		return err
	}
	if fsync != "on" {
		s.warnings = append(s.warnings, "postgres: fsync is off: a crash of the machine may lose revocations that were confirmed")
	}
	if pages != "on" {
		s.warnings = append(s.warnings, "postgres: full_page_writes is off: a crash of the machine may damage the tables")
	}
	return nil
}

// Warnings says which of the server's settings endanger what it confirmed.
func (s *Store) Warnings() []string { return s.warnings }

// Remove drops the schema of a named store.
func (s *Store) Remove(ctx context.Context) error {
	if s.name == "" {
		return fmt.Errorf("remove postgres store: %w", store.ErrNoName)
	}
	s.sweeper.Stop()
	if _, err := s.pool.Exec(ctx, dropSchema(s.name)); err != nil {
		return unavailable("remove store", err)
	}
	return nil
}

// Close ends what the store runs and its connections.
func (s *Store) Close() error {
	s.sweeper.Stop()
	s.pool.Close()
	return nil
}

// unavailable says that the store can't tell. PostgreSQL's messages name the server,
// the user and the statement; its Detail may hold values, and isn't in them.
func unavailable(operation string, err error) error {
	return fmt.Errorf("%s in postgres: %w: %w", operation, store.ErrUnavailable, err)
}
