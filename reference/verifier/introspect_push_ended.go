package verifier

import (
	"math"
	"slices"
)

const (
	// maxEnded is how many revocations are kept, in about 10 MB: nothing of an event's own
	// length is.
	maxEnded = 1 << 18
	// leastKept is for how many seconds at least, whatever the event says: an answer may be
	// under way.
	leastKept = 60
)

// endedTokens are the revocations that were heard of, until what they end has expired: an
// answer that says active may be from a replica that is behind. Where one had to be left
// out, it can't be told who has ended, and no answer is remembered, until that one would
// have expired, too. Times are in seconds since 1970.
type endedTokens struct {
	most    int
	until   exactSet
	lengths []int // of families
	swept   int64
	missing int64 // until when one may be missing
}

func newEndedTokens(most int) *endedTokens { return &endedTokens{most: most, until: exactSet{}} }

// add keeps an event until the time, or notes that it is missing.
func (e *endedTokens) add(r revocationEvent, until, now int64) {
	until = min(max(until, now+leastKept), math.MaxUint32)
	key := tokenRevocation(r.JTI)
	if r.Family != "" {
		key = familyRevocation(r.Family)
		if n := len(r.Family); !slices.Contains(e.lengths, n) {
			if len(e.lengths) == maxFamilyLengths {
				e.missing = max(e.missing, until)
				return
			}
			e.lengths = append(e.lengths, n)
		}
	}
	// Once a second at most, for it takes long.
	if len(e.until) >= e.most && now > e.swept {
		e.until, e.swept = e.until.without(now), now
	}
	if _, there := e.until[key]; !there && len(e.until) >= e.most {
		e.missing = max(e.missing, until)
		return
	}
	e.until.add(key, until)
}

// has reports whether the token with that jti has ended.
func (e *endedTokens) has(jti string, now int64) bool {
	return e.until.has(tokenRevocation(jti), now) || slices.ContainsFunc(e.lengths, func(n int) bool {
		return n <= len(jti) && e.until.has(familyRevocation(jti[:n]), now)
	})
}

// whole reports whether no event is missing.
func (e *endedTokens) whole(now int64) bool { return now >= e.missing }
