package verifier

import (
	"strings"
	"sync"
)

const (
	// nameStem is how much of an identifier entries are found by. With the reference
	// issuer it is the length of a family's, which leads the jti of all that belongs to it.
	nameStem = 22
	// latestEvents is how many events an answer under way is compared with. After more, it
	// isn't remembered.
	latestEvents = 4096
)

// revocationEvent is what an event says: the end of one token, or of all those whose jti
// begins with the family.
type revocationEvent struct {
	JTI    string `json:"jti"`
	Family string `json:"family"`
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

// revocationNames finds the entries of a cache by what events call their tokens. It
// keeps at most twice as many names as there may be entries.
type revocationNames struct {
	cache *entries
	most  int

	mu     sync.Mutex
	byStem map[string][]namedEntry
	size   int
	latest [latestEvents]revocationEvent
	count  uint64 // events so far
}

type namedEntry struct {
	jti string
	key tokenHash
}

func newRevocationNames(cache *entries, most int) *revocationNames {
	return &revocationNames{cache: cache, most: 2 * most, byStem: map[string][]namedEntry{}}
}

// place is how many events there were.
func (n *revocationNames) place() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.count
}

// add keeps an entry, and reports whether its token has ended since the place.
func (n *revocationNames) add(jti string, key tokenHash, since uint64, keep func()) (ended bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.count-since > latestEvents {
		return false
	}
	for ; since < n.count; since++ {
		if n.latest[since%latestEvents].ends(jti) {
			return true
		}
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

// drop removes the entries that an event names.
func (n *revocationNames) drop(r revocationEvent) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.latest[n.count%latestEvents] = r
	n.count++
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
