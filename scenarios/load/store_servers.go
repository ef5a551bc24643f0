package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// storePlace is where a step's tokens, or answers, are kept.
type storePlace struct {
	url      string                      // as issuer and resource server take it; may hold a password
	service  targets.Running             // the store's server; nil for a file
	warnings []results.Warning           // what its settings take from its promises
	leave    func(context.Context) error // removes what was kept there
}

// secrets are what of the URL must never be written.
func (p storePlace) secrets() (all []string) {
	if u, err := url.Parse(p.url); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok {
			all = append(all, password)
		}
	}
	return all
}

// storeServers are the servers that were started for stores, each kind once.
type storeServers struct {
	kinds storeKinds

	mu      sync.Mutex
	started map[storeUse]startedStore
}

type storeUse struct {
	kind  string
	cache bool
}

// startedStore is a server, or why there is none: to try again would take as long again.
type startedStore struct {
	server *servers.Server
	err    error
}

// place makes a place in a store of the kind, for a cache or for an issuer. It is empty,
// has a name of its own and is removed in the end.
func (s *storeServers) place(ctx context.Context, kind string, cache bool) (storePlace, error) {
	k, server := s.kinds.find(kind)
	if !server {
		return filePlace()
	}
	if why := s.kinds.lack(kind); why != "" {
		return storePlace{}, errors.New(why)
	}
	at := k.given
	var service targets.Running = storeService{given: true}
	if at == "" {
		started := s.start(ctx, k, cache)
		if started.err != nil {
			return storePlace{}, started.err
		}
		at, service = started.server.URL, storeService{server: started.server}
	}
	p := storePlace{url: at + "#run_" + strings.ToLower(rand.Text()), service: service}
	p.leave = func(ctx context.Context) error { return k.remove(ctx, p.url) }
	// It may accept connections before it takes queries.
	for until := time.Now().Add(storeTimeout); ; time.Sleep(50 * time.Millisecond) {
		opened, err := k.open(ctx, p.url)
		switch {
		case err == nil:
			if !cache {
				for _, text := range opened.Warnings() {
					p.warnings = append(p.warnings, results.Warning{Code: "store-settings", Text: text})
				}
			}
			return p, opened.Close()
		case ctx.Err() != nil:
			return p, ctx.Err()
		case k.given != "":
			return p, fmt.Errorf("the server of %s can't be reached, or doesn't let us in: see that it runs, that the URL has its user and database, and that the user may make a schema", k.variable)
		case time.Now().After(until):
			return p, fmt.Errorf("the %s server that was started doesn't answer", k.title)
		}
	}
}

// storeTimeout bounds the wait for a server that was started.
const storeTimeout = 15 * time.Second

// filePlace is a new file for SQLite, in a folder that goes with it.
func filePlace() (storePlace, error) {
	folder, err := os.MkdirTemp("", "oauthmark-load-")
	if err != nil {
		return storePlace{}, fmt.Errorf("make a folder for the store: %w", err)
	}
	return storePlace{
		url:   "sqlite:" + filepath.Join(folder, "tokens.db"),
		leave: func(context.Context) error { return os.RemoveAll(folder) },
	}, nil
}

// start starts a server of the kind, or returns the one that was started.
func (s *storeServers) start(ctx context.Context, k storeKind, cache bool) startedStore {
	s.mu.Lock()
	defer s.mu.Unlock()
	use := storeUse{k.name, cache && k.cache != nil}
	if had, ok := s.started[use]; ok && (had.err != nil || had.server.PID() != 0) {
		return had
	}
	start := k.start
	if use.cache {
		start = k.cache
	}
	var made startedStore
	if made.server, made.err = start(ctx); made.err != nil {
		if ctx.Err() != nil {
			return startedStore{err: ctx.Err()}
		}
		made.err = fmt.Errorf("start a %s server: %w", k.title, made.err)
	}
	if s.started == nil {
		s.started = map[storeUse]startedStore{}
	}
	s.started[use] = made
	return made
}

// remove removes the named store from the server. That of one that has ended went with it.
func (k storeKind) remove(ctx context.Context, url string) error {
	s, err := k.open(ctx, url)
	if err != nil {
		if k.given == "" {
			return nil
		}
		return fmt.Errorf("what the run has put into the server of %s is still there: %w", k.variable, err)
	}
	return errors.Join(s.Remove(ctx), s.Close())
}

// close ends what was started.
func (s *storeServers) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, each := range s.started {
		if each.server != nil {
			errs = append(errs, each.server.Close())
		}
	}
	s.started = nil
	return errors.Join(errs...)
}
