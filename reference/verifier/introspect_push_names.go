package verifier

import (
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// nameStem is how much of an identifier entries are found by. With the reference issuer it
// is the length of a family's, which leads the jti of all that belongs to it.
const nameStem = 22

// maxName is the length of the longest identifier that is kept, in bytes.
const maxName = 1 << 10

// revocationEvent is what an event says: the end of one token, or of all those whose jti
// begins with the family.
type revocationEvent struct {
	JTI     string          `json:"jti"`
	Family  string          `json:"family"`
	Expires exactjson.Value `json:"exp"` // of the token, or the last of them
}

// until is when all that it ends has expired, also where clocks differ by the leeway, in
// seconds since 1970; without end where it doesn't say that in numbers.
func (r revocationEvent) until(leeway time.Duration) int64 {
	exp, err := strconv.ParseFloat(string(r.Expires), 64)
	if err != nil {
		return math.MaxUint32
	}
	return int64(min(max(exp, 0), math.MaxUint32)+leeway.Seconds()) + 1
}

// ends reports whether it is the end of the token with that jti.
func (r revocationEvent) ends(jti string) bool {
	return jti != "" && (r.JTI == jti || r.Family != "" && strings.HasPrefix(jti, r.Family))
}

// stem is the beginning that all tokens share which it ends; ok is false when that is
// shorter than what entries are found by.
func (r revocationEvent) stem() (string, bool) {
	if r.Family != "" {
		return stemOf(r.Family), len(r.Family) >= nameStem
	}
	return stemOf(r.JTI), true
}

func stemOf(jti string) string { return jti[:min(len(jti), nameStem)] }

// revocationNames finds the entries of a cache by what events call their tokens, and knows
// which tokens have ended. It keeps at most twice as many names as there may be entries.
type revocationNames struct {
	cache  *entries
	most   int
	leeway time.Duration
	now    func() time.Time

	mu     sync.Mutex
	byStem map[string][]namedEntry
	size   int
	ended  *endedTokens
}

type namedEntry struct {
	jti string
	key tokenHash
}

func newRevocationNames(cache *entries, most int, leeway time.Duration, now func() time.Time) *revocationNames {
	return &revocationNames{
		cache: cache, most: 2 * most, leeway: leeway, now: now,
		byStem: map[string][]namedEntry{}, ended: newEndedTokens(maxEnded),
	}
}

// hasEnded reports whether an event has named the token, before the issuer was asked or
// since.
func (n *revocationNames) hasEnded(jti string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ended.has(jti, n.now().Unix())
}

// add keeps an entry, unless its token has ended or that can't be told, and reports whether
// it has ended. An event that comes later drops the entry.
func (n *revocationNames) add(jti string, key tokenHash, keep func()) (ended bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.now().Unix()
	if n.ended.has(jti, now) {
		return true
	}
	if !n.ended.whole(now) {
		return false
	}
	if n.size >= n.most {
		n.rebuild()
	}
	n.name(jti, key)
	keep()
	return false
}

// name is called with the lock held.
func (n *revocationNames) name(jti string, key tokenHash) {
	stem := stemOf(jti)
	for _, e := range n.byStem[stem] {
		if e.key == key && e.jti == jti {
			return
		}
	}
	n.byStem[stem] = append(n.byStem[stem], namedEntry{jti, key})
	n.size++
}

// rebuild forgets the names of entries that are gone. It is called with the lock held.
func (n *revocationNames) rebuild() {
	n.byStem, n.size = map[string][]namedEntry{}, 0
	for key, entry := range n.cache.All() {
		n.name(entry.answer.claims.ID, key)
	}
}

// drop removes the entries that an event names, and remembers it.
func (n *revocationNames) drop(r revocationEvent) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ended.add(r, r.until(n.leeway), n.now().Unix())
	stem, found := r.stem()
	if !found {
		for s := range n.byStem {
			if strings.HasPrefix(s, r.Family) {
				n.dropFrom(s, r)
			}
		}
		return
	}
	n.dropFrom(stem, r)
}

func (n *revocationNames) dropFrom(stem string, r revocationEvent) {
	var left []namedEntry
	for _, e := range n.byStem[stem] {
		if r.ends(e.jti) {
			n.cache.Invalidate(e.key)
			n.size--
		} else {
			left = append(left, e)
		}
	}
	if left == nil {
		delete(n.byStem, stem)
	} else {
		n.byStem[stem] = left
	}
}
