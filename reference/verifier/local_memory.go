package verifier

import (
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// remembered is what is known of a token that was verified.
type remembered struct {
	said    claims.Claims
	refusal error     // nil for a token that was accepted
	version uint64    // of the keys that it was verified by
	until   time.Time // from when on this isn't used
}

// memory remembers verified tokens, at most a number of them. The library beneath evicts;
// whether an entry may be used is decided here, on each use. Refused tokens have room
// of their own, so that a flood of them displaces no token that is in use.
type memory struct {
	accepted, refused *otter.Cache[tokenHash, *remembered]
}

// newMemory takes the number of tokens that are remembered at most, 2 or more.
func newMemory(entries int, now func() time.Time) (*memory, error) {
	share := max(1, int(refusedShare*float64(entries)))
	accepted, err := newMemoryOf(entries-share, now)
	if err != nil {
		return nil, err
	}
	refused, err := newMemoryOf(share, now)
	if err != nil {
		return nil, err
	}
	return &memory{accepted, refused}, nil
}

func newMemoryOf(most int, now func() time.Time) (*otter.Cache[tokenHash, *remembered], error) {
	cache, err := otter.New(&otter.Options[tokenHash, *remembered]{
		MaximumSize: most,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[tokenHash, *remembered]) time.Duration {
			return max(e.Value.until.Sub(now()), 1)
		}),
		Clock:  cacheClock{now},
		Logger: &otter.NoopLogger{},
	})
	if err != nil {
		return nil, fmt.Errorf("make memory of verified tokens: %w", err)
	}
	return cache, nil
}

// get returns what is remembered of a token, unless it is too old to be used now or the
// keys are others since: a withdrawn key takes the tokens with it that it signed.
func (m *memory) get(key tokenHash, version uint64, now time.Time) (*remembered, bool) {
	for _, cache := range [...]*otter.Cache[tokenHash, *remembered]{m.accepted, m.refused} {
		if r, ok := cache.GetIfPresent(key); ok && r.version == version && now.Before(r.until) {
			return r, true
		}
	}
	return nil, false
}

// put remembers until the given time, and an accepted token never past its exp.
func (m *memory) put(key tokenHash, r *remembered, now time.Time) {
	cache := m.refused
	if r.refusal == nil {
		cache = m.accepted
		if exp := r.said.ExpiresAt; !exp.IsZero() && exp.Before(r.until) {
			r.until = exp
		}
	}
	if r.until.After(now) {
		cache.Set(key, r)
	}
}

// judge returns what was found, as of now.
//
// RFC 9068, section 4: the time is checked at each use, or a token would live on in
// memory. All else that was checked can't change.
func (r *remembered) judge(expect claims.Expectation, now time.Time) (claims.Claims, error) {
	if r.refusal != nil {
		return claims.Claims{}, r.refusal
	}
	if err := expect.CheckTime(&r.said, now); err != nil {
		return claims.Claims{}, err
	}
	return r.said, nil
}
