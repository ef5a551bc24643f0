//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/store/servers"
)

// startStore starts what a store of the kind needs, and returns where it is and how to
// end that. Files are made beside the path.
func startStore(ctx context.Context, kind, path string) (location string, stop func(), err error) {
	start := map[string]func(context.Context) (*servers.Server, error){"postgres": servers.Postgres, "redis": servers.Redis}[kind]
	if start == nil {
		return path + ".db", func() {}, nil
	}
	s, err := start(ctx)
	if errors.Is(err, servers.ErrMissing) {
		return "", nil, fmt.Errorf("%w: %w", errNotRun, err)
	}
	if err != nil {
		return "", nil, err
	}
	// What is left behind in the folder for such is no reason to call a figure wrong.
	return s.URL, func() { _ = s.Close() }, nil
}
