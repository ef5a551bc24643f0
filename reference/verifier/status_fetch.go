package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/oauthmark/oauthmark/reference/jwt"
)

// statusLists are the issuer's status lists, as they were fetched last. Their addresses
// are from tokens that the issuer signed, and at the issuer's own origin.
type statusLists struct {
	upstream upstreamCaller
	keys     jwt.KeyFinder
	own      string // origin of the issuer's identifier
	reached  string // origin in place of that, where requests go
	leeway   time.Duration
	now      func() time.Time
	fetches  *Count
	lists    *otter.Cache[string, *statusListEntry]
	flight   *flight[string, *statusListEntry]
}

// statusListEntry is what the last fetch of a list brought.
type statusListEntry struct {
	list  *statusList // nil when it failed
	err   error
	until time.Time // no fetch before
}

func newStatusLists(p *parts) (*statusLists, error) {
	own := "" // of an issuer that is no URL there are no lists
	if issuer, err := url.Parse(p.config.Issuer); err == nil {
		own = originOf(issuer)
	}
	lists, err := otter.New(&otter.Options[string, *statusListEntry]{
		MaximumWeight: statusListsBytes,
		Weigher: func(uri string, e *statusListEntry) uint32 {
			size := statusListOverhead + len(uri)
			if e.list != nil {
				size += len(e.list.octets)
			}
			return uint32(size)
		},
		Logger: &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("make memory of status lists: %w", err)
	}
	s := &statusLists{
		upstream: p.upstream, keys: p.keys, own: own, reached: p.config.StatusListOrigin, leeway: p.expect.Leeway,
		now: p.options.Now, fetches: &p.count.ListFetches, lists: lists, flight: newFlight[string, *statusListEntry](&p.count.Coalesced),
	}
	if s.reached == "" {
		s.reached = s.own
	}
	return s, nil
}

// allowed returns where to fetch a list, which must be at the issuer's origin: others
// aren't trusted, and nobody can have requests sent to an address of their choice.
func (s *statusLists) allowed(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.User != nil || u.Fragment != "" || u.Opaque != "" || u.Host == "" || originOf(u) != s.own {
		return "", false
	}
	rest, ok := cutOrigin(uri)
	return s.reached + rest, ok
}

// cutOrigin returns what follows scheme and host of an absolute URL.
func cutOrigin(uri string) (string, bool) {
	_, rest, ok := strings.Cut(uri, "://")
	if at := strings.IndexAny(rest, "/?"); at >= 0 {
		return rest[at:], ok
	}
	return "", ok
}

// find returns a list that is recent enough. Concurrent misses make one fetch. The error
// is an [*Unavailable], or the context's.
func (s *statusLists) find(ctx context.Context, uri, from string) (*statusList, error) {
	e, ok := s.lists.GetIfPresent(uri)
	if !ok || !e.usable(s.now()) {
		var err error
		e, err = s.flight.do(ctx, uri, func(ctx context.Context) (*statusListEntry, error) { return s.miss(ctx, uri, from), nil })
		if err != nil {
			return nil, err
		}
	}
	if e.err != nil {
		return nil, &Unavailable{Operation: "fetch status list", Err: e.err}
	}
	return e.list, nil
}

func (e *statusListEntry) usable(now time.Time) bool { return now.Before(e.until) }

// miss fetches a list. draft-ietf-oauth-status-list, section 8.3: a copy is good for ttl,
// here from when it was asked for, and never past exp; section 8.2: HTTP's cache headers
// don't count.
func (s *statusLists) miss(ctx context.Context, uri, from string) *statusListEntry {
	asked := s.now()
	if e, ok := s.lists.GetIfPresent(uri); ok && e.usable(asked) {
		return e
	}
	list, err := s.fetch(ctx, uri, from)
	e := &statusListEntry{list: list, err: err, until: asked.Add(coldRetry)}
	if err == nil {
		e.until = asked.Add(list.ttl)
		if !list.expires.IsZero() && list.expires.Before(e.until) {
			e.until = list.expires
		}
	}
	s.lists.Set(uri, e)
	return e
}

func (s *statusLists) fetch(ctx context.Context, uri, from string) (*statusList, error) {
	const media = "application/" + typeStatusList
	r, err := s.upstream.get(ctx, from, asItIs(media), maxStatusListText, s.fetches)
	if err == nil {
		err = r.is(media)
	}
	if err != nil {
		return nil, err
	}
	payload, err := jwt.CheckStatement(ctx, strings.TrimSpace(string(r.body)), typeStatusList, s.keys)
	if err != nil {
		return nil, fmt.Errorf("check status list: %w", notAboutToken(err))
	}
	return parseStatusList(payload, uri, s.now(), s.leeway)
}

// notAboutToken turns the refusal of an issuer's statement into an error that isn't a
// refusal of the token.
func notAboutToken(err error) error {
	var invalid *InvalidToken
	if errors.As(err, &invalid) {
		return errors.New(strings.Replace(string(invalid.Reason), "the token", "the issuer's statement", 1))
	}
	return err
}
