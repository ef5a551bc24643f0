//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/targets"
)

// growth compares an issuer with few tokens in its store with one with many. Both
// servers are started and filled once for all figures.
type growth struct {
	store  string
	few    int
	many   int
	once   sync.Once
	figure growthFigures
	err    error
}

type growthFigures struct {
	introspect, issue float64 // cost of a request with many, over that with few
	peak              float64 // MB of resident memory of the issuer with many
}

const fewTokens = 1000

// growthBounds are those on what it costs to have many tokens. A cost is the time of
// a request in a closed loop.
func growthBounds() []bound {
	var out []bound
	for _, s := range []struct {
		store string
		many  int
		limit float64
	}{
		{"memory", 1_000_000, 1.3},
		{"sqlite", 1_000_000, 2},
		{"postgres", 1_000_000, 2},
		{"redis", 1_000_000, 2},
	} {
		g := &growth{store: s.store, few: fewTokens, many: s.many}
		name := fmt.Sprintf("store/%s/%d", s.store, s.many)
		if s.store == "memory" {
			out = append(out,
				bound{name: name + "/resident", atMost: true, limit: 160, unit: " MB",
					what:    "peak of resident memory of an issuer's process with so many opaque tokens",
					measure: g.of(func(f growthFigures) float64 { return f.peak })},
				bound{name: name + "/resident/users", atMost: true, limit: 320, unit: " MB",
					what:    "the same where they are of 100,000 users, each token with a grant of its own",
					measure: residentOfUsers})
		}
		out = append(out,
			bound{name: name + "/introspect", atMost: true, limit: s.limit, what: "time of an introspection, over that with 1,000 tokens",
				measure: g.of(func(f growthFigures) float64 { return f.introspect })},
			bound{name: name + "/issue", atMost: true, limit: s.limit, what: "time to issue a token, over that with 1,000 tokens",
				measure: g.of(func(f growthFigures) float64 { return f.issue })})
	}
	return out
}

func (g *growth) of(choose func(growthFigures) float64) measure {
	return func(ctx context.Context, _ string) (float64, error) {
		g.once.Do(func() { g.figure, g.err = g.measure(ctx) })
		return choose(g.figure), g.err
	}
}

func (g *growth) measure(ctx context.Context) (f growthFigures, err error) {
	dir, err := os.MkdirTemp("", "oauthmark-bench-self-")
	if err != nil {
		return f, fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	var children [2]*child
	var introspect, issue [2]figure
	for i, rows := range []int{g.many, g.few} {
		location, stop, err := startStore(ctx, g.store, filepath.Join(dir, fmt.Sprint(rows)))
		if err != nil {
			return f, err
		}
		defer stop()
		input := filledInput{Store: g.store, Location: location, Rows: rows, Seed: rand.Text(), Secret: rand.Text()}
		c, err := startSelf(ctx, serveFilled, input)
		if err != nil {
			return f, err
		}
		defer c.stop()
		// Spread over all rows, so that a cache of recent ones is of no help.
		tokens := func(n uint64) string { return filledToken(input.Seed, n*7919%uint64(rows)) }
		introspecting, err := newIntrospecting(c.url+"/introspect", targets.Client{ID: filledAsker, Secret: config.Secret(input.Secret)}, tokens)
		if err != nil {
			return f, err
		}
		defer introspecting.close()
		issuing, err := newIssuing(c.url+"/token", targets.Client{ID: filledClient, Secret: config.Secret(input.Secret)}, "")
		if err != nil {
			return f, err
		}
		defer issuing.close()
		children[i] = c
		introspect[i], issue[i] = each(clock, introspecting.sending(unbounded)), each(clock, issuing.sending(growthTokens))
	}
	if g.store == "memory" {
		f.peak, err = children[0].peak()
	}
	var errIntrospect, errIssue error
	f.introspect, errIntrospect = paired(ctx, growthBlocks, introspect)
	// Issuing makes the small store larger, so it comes last, and little by little.
	f.issue, errIssue = paired(ctx, growthBlocks, issue)
	return f, errors.Join(err, errIntrospect, errIssue)
}

// peak is the most memory that a process has had, in MB.
func (c *child) peak() (float64, error) {
	used, err := known(c.usage)
	return float64(used.PeakBytes) / 1e6, err
}

// residentOfUsers is the peak of an issuer with a million tokens of its users.
func residentOfUsers(ctx context.Context, _ string) (float64, error) {
	input := filledInput{Store: "memory", Rows: 1_000_000, Users: 100_000, Seed: rand.Text(), Secret: rand.Text()}
	c, err := startSelf(ctx, serveFilled, input)
	if err != nil {
		return 0, err
	}
	defer c.stop()
	return c.peak()
}

// growthBlocks are measured of each side.
const growthBlocks = 20

// growthTokens are issued in a block: the small store ends with tens of thousands.
const growthTokens = 500

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
