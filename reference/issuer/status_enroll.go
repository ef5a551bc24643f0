package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

const (
	claimStatus = "status"

	// statusListOpen is how long a list takes tokens, in seconds, if it isn't full
	// before. It exists for the longest life of a token after that.
	statusListOpen = 24 * 3600

	// The kinds of the records that a list exists, and that a family has a token on one.
	kindStatusList store.Kind = "status-list"
	kindStatus     store.Kind = "status"
)

// statusLists are the Token Status Lists (draft-ietf-oauth-status-list) of the
// self-contained tokens.
type statusLists struct {
	base string // of the lists' URLs

	mu        sync.Mutex
	open      statusListID // the list that takes tokens
	next      int          // index in it; never one that was given before
	openUntil int64        // in seconds since 1970

	reading sync.Mutex
	read    store.Cursor // as far as revocations have been read
	held    map[statusListID]*statusBits
}

// statusBits is what is in mind of a list while it is asked for or has revoked tokens.
type statusBits struct {
	set    map[int]struct{}    // indexes
	until  int64               // when the last of those tokens has expired, in seconds since 1970
	signed statusListStatement // as last published
}

func newStatusLists(base string) *statusLists {
	return &statusLists{base: base, held: map[statusListID]*statusBits{}}
}

// statusListKey is where the record is that a list exists: no token has this digest.
func (i *Issuer) statusListKey(id statusListID) store.Key {
	return store.DigestOf("status list\x00" + i.issuer + "\x00" + id.String())
}

// enroll gives a token a place in a status list, as an identifier and a claim. It remembers
// a token of a family, which ends with the family.
func (i *Issuer) enroll(ctx context.Context, family string, c *token.Claims) error {
	place, err := i.takeIndex(ctx)
	if err != nil {
		return err
	}
	id, err := place.jti(i.rand)
	if err != nil {
		return err
	}
	c.ID = token.FamilyID(family, id)
	if c.More, err = i.withStatus(c.More, place); err != nil || family == "" {
		return err
	}
	err = i.store.Put(ctx, store.DigestOf("status\x00"+i.issuer+"\x00"+c.ID), store.Record{
		Kind: kindStatus, Family: family,
		Claims: token.Claims{Issuer: i.issuer, ClientID: c.ClientID, IssuedAt: c.IssuedAt, Expires: c.Expires, ID: c.ID},
	})
	if err != nil {
		return fmt.Errorf("enroll token: %w", err)
	}
	// A family that ended before it had this one ends it now.
	ended, err := i.store.Revoked(ctx, store.FamilySubject(family))
	if err == nil && ended {
		err = i.endToken(ctx, *c)
	}
	if err != nil {
		return fmt.Errorf("enroll token: %w", err)
	}
	return nil
}

// takeIndex returns a place that nobody has had, in a list that the store knows of.
func (i *Issuer) takeIndex(ctx context.Context) (statusIndex, error) {
	l := i.lists
	l.mu.Lock()
	defer l.mu.Unlock()
	now := i.now().Unix()
	if now >= l.openUntil || l.next == statusListSize {
		var id statusListID
		if _, err := io.ReadFull(i.rand, id[:]); err != nil {
			return statusIndex{}, fmt.Errorf("open status list: %w", err)
		}
		err := i.store.Put(ctx, i.statusListKey(id), store.Record{
			Kind:   kindStatusList,
			Claims: token.Claims{Issuer: i.issuer, IssuedAt: now, Expires: now + statusListOpen + maxLifetime},
		})
		if err != nil {
			return statusIndex{}, fmt.Errorf("open status list: %w", err)
		}
		l.open, l.next, l.openUntil = id, 0, now+statusListOpen
	}
	place := statusIndex{l.open, l.next}
	l.next++
	return place, nil
}

// withStatus adds the claim to those that a token has beside the plain ones.
//
// draft-ietf-oauth-status-list, section 6.2: status_list has idx, the index in the
// list, and uri, where the list is.
func (i *Issuer) withStatus(more *token.More, place statusIndex) (*token.More, error) {
	changed := token.More{}
	if more != nil {
		changed = *more
	}
	members := map[string]json.RawMessage{}
	if len(changed.Custom) > 0 {
		if err := json.Unmarshal(changed.Custom, &members); err != nil {
			return nil, fmt.Errorf("enroll token: %w", err)
		}
	}
	members[claimStatus] = fmt.Appendf(nil, `{"status_list":{"idx":%d,"uri":%s}}`, place.idx, token.AppendString(nil, i.lists.uri(place.list)))
	custom, err := json.Marshal(members) // in the order of their names
	if err != nil {
		return nil, fmt.Errorf("enroll token: %w", err)
	}
	changed.Custom = custom
	return &changed, nil
}

// uri is what both the claim and the list say.
func (l *statusLists) uri(id statusListID) string { return l.base + pathStatusLists + id.String() }
