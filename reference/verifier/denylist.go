package verifier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxDenylistPages   = 10_000           // documents of one download: one without an end is none
	maxRevocations     = 4_000_000        // that are kept, of 20 bytes: 200 MB at most, and twice that during a download
	denylistSweep      = 10 * time.Minute // between two removals of what has expired
	minDenylistEntries = 100_000          // that a filter is made for at least
)

// denylist is the issuer's list of revocations, as it was downloaded last. It is fetched
// when it is first needed, and again after each of the issuer's intervals: then only what
// is new, where the issuer can tell.
type denylist struct {
	upstream upstreamCaller
	uri      string
	issuer   string
	kind     string // one of DenylistSets
	most     int    // revocations
	grace    time.Duration
	now      func() time.Time
	fetches  *Count

	state  atomic.Pointer[denylistState]
	flight *flight[struct{}, *denylistState]

	mu      sync.RWMutex
	set     *denySet
	lengths []int     // of the families that are on the list, which lead the jti of their tokens
	swept   time.Time // when what has expired was removed last
}

// denylistState is replaced, never changed.
type denylistState struct {
	asked    time.Time     // when the download began: the list is of then; zero before the first
	interval time.Duration // after which to ask again
	next     time.Time     // no download before
	err      error         // why the latest failed
	cursor   string        // where to go on; empty to begin anew
	tag      string        // ETag of what was there when nothing was new
}

func newDenylist(p *parts, joined, fetches *Count) *denylist {
	l := &denylist{
		upstream: p.upstream, uri: p.config.DenylistURI, issuer: p.config.Issuer, kind: p.config.DenylistSet, most: maxRevocations,
		grace: denylistGrace(p.options.Timeout), now: p.options.Now, fetches: fetches,
		flight: newFlight[struct{}, *denylistState](joined),
	}
	l.state.Store(&denylistState{})
	return l
}

// ready returns once there is a list that is recent enough to judge by. One older than
// its interval is used for a grace period while the next is under way. After that, and
// before the first, all callers wait, and get an error if there is none.
func (l *denylist) ready(ctx context.Context, now time.Time) error {
	state := l.state.Load()
	if !state.asked.IsZero() && now.Before(state.asked.Add(state.interval)) {
		return nil
	}
	usable := !state.asked.IsZero() && now.Before(state.asked.Add(state.interval+l.grace))
	if !now.Before(state.next) {
		if usable {
			l.flight.start(ctx, struct{}{}, l.refreshing(state))
			return nil
		}
		seen, err := l.flight.do(ctx, struct{}{}, l.refreshing(state))
		if err != nil {
			return err
		}
		state = seen
		usable = !state.asked.IsZero() && l.now().Before(state.asked.Add(state.interval+l.grace))
	}
	if usable {
		return nil
	}
	err := state.err
	if err == nil {
		err = errors.New("the list is too old")
	}
	return &Unavailable{Operation: "download denylist", Err: err}
}

func (l *denylist) refreshing(looked *denylistState) func(context.Context) (*denylistState, error) {
	return func(ctx context.Context) (*denylistState, error) {
		if current := l.state.Load(); current != looked {
			return current, nil
		}
		state, err := l.download(ctx, *looked)
		if err != nil {
			state = *looked
			state.err, state.next = err, l.now().Add(coldRetry)
		}
		l.state.Store(&state)
		return &state, nil
	}
}

// revoked says whether the list has a token, or the family that it belongs to.
func (l *denylist) revoked(jti string, now time.Time) found {
	l.mu.RLock()
	defer l.mu.RUnlock()
	seconds := now.Unix()
	result := l.set.find(tokenRevocation(jti), seconds)
	for _, n := range l.lengths {
		if n < len(jti) {
			result = max(result, l.set.find(familyRevocation(jti[:n]), seconds))
		}
	}
	return result
}

// download goes on where the last one ended. It begins anew when there was none, when the
// issuer no longer knows the cursor, and when the set is full, perhaps of expired entries.
func (l *denylist) download(ctx context.Context, from denylistState) (denylistState, error) {
	set, whole := l.set, from.cursor == "" || l.set.crowded() || l.set.len() > l.most
	if !whole {
		state, err := l.pages(ctx, from, set)
		if !errors.Is(err, errCursor) {
			return state, err
		}
	}
	fresh, err := newDenySet(l.kind, max(minDenylistEntries, 2*set.len()))
	if err != nil {
		return denylistState{}, err
	}
	return l.pages(ctx, denylistState{}, fresh)
}

var errCursor = errors.New("the issuer doesn't know the place in its list")

// pages adds what there is after the cursor. Readers see a new set once it is complete;
// in one that grows, each revocation counts at once.
func (l *denylist) pages(ctx context.Context, from denylistState, set *denySet) (denylistState, error) {
	state := denylistState{asked: l.now(), cursor: from.cursor, tag: from.tag, interval: from.interval}
	var lengths []int
	if set == l.set {
		lengths = slices.Clone(l.lengths)
	}
	for pages := 0; ; pages++ {
		if pages == maxDenylistPages {
			return state, fmt.Errorf("the issuer's list has more than %d documents", maxDenylistPages)
		}
		page, tag, err := l.page(ctx, state)
		if err != nil {
			return state, err
		}
		if page == nil { // unchanged
			break
		}
		if lengths, err = l.add(set, page, lengths); err != nil {
			return state, err
		}
		state.interval = time.Duration(page.Interval) * time.Second
		// The tag is only good for the cursor that it came with.
		if state.tag = ""; page.Cursor == state.cursor {
			state.tag = tag
		}
		if page.More && page.Cursor == state.cursor {
			return state, errors.New("the issuer's list goes on where it began")
		}
		state.cursor = page.Cursor
		if !page.More {
			break
		}
	}
	l.publish(set, lengths, state.asked)
	return state, nil
}

func (l *denylist) add(set *denySet, page *denylistPage, lengths []int) ([]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range page.Revoked {
		if r.JTI != "" {
			set.add(tokenRevocation(r.JTI), r.Expires)
			continue
		}
		set.add(familyRevocation(r.Family), r.Expires)
		if n := len(r.Family); !slices.Contains(lengths, n) {
			if lengths = append(lengths, n); len(lengths) > maxFamilyLengths {
				return lengths, errors.New("the issuer's list has families of too many lengths")
			}
			if set == l.set {
				l.lengths = slices.Clone(lengths)
			}
		}
	}
	if set.len() > l.most {
		return lengths, fmt.Errorf("the issuer's list has more than %d revocations", l.most)
	}
	return lengths, nil
}

// maxFamilyLengths bounds what is looked up for one token.
const maxFamilyLengths = 4

// publish puts a complete set into use. Expired entries aren't found, and are removed now
// and then.
func (l *denylist) publish(set *denySet, lengths []int, asked time.Time) {
	if set.exact != nil && asked.Sub(l.swept) >= denylistSweep {
		l.swept = asked
		set = &denySet{set.exact.without(asked.Unix()), set.bloom} // only this goroutine writes
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set, l.lengths = set, lengths
}
