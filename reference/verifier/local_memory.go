package verifier

import (
	"context"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// remembered is what is known of a token that was verified.
type remembered struct {
	said    claims.Claims
	refusal error     // nil for a token that was accepted
	version uint64    // of the keys that it was verified by
	until   time.Time // from when on this isn't used
}

// memory remembers verified tokens, by the keys that they were verified by.
type memory struct {
	*pair[remembered]
	keys  *keySet
	now   func() time.Time
	count *Counters
}

func newMemory(p *parts) (*memory, error) {
	tokens, err := newPair(p.config.Cache, p.options.Now, func(r *remembered) time.Time { return r.until },
		func(r *remembered) int { return sizeOf(&r.said) })
	return &memory{tokens, p.keys, p.options.Now, p.count}, err
}

// recall returns what is remembered of a token, or nil, with its hash and the version of
// the keys. A change of keys forgets all tokens.
func (m *memory) recall(ctx context.Context, token string, now time.Time) (key tokenHash, version uint64, r *remembered, err error) {
	keys, err := m.keys.current(ctx, now)
	if err != nil {
		return key, 0, nil, err
	}
	key = hashToken(token)
	if r = m.get(key, keys.version, now); r != nil {
		m.count.CacheHits.add()
	}
	return key, keys.version, r, nil
}

// get returns what is remembered under a hash, unless the keys are others since.
func (m *memory) get(key tokenHash, version uint64, now time.Time) *remembered {
	if r := m.find(key, now); r != nil && r.version == version {
		return r
	}
	return nil
}

// put remembers until the given time, and an accepted token never past its exp.
func (m *memory) put(key tokenHash, r *remembered, now time.Time) {
	if exp := r.said.ExpiresAt; r.refusal == nil && !exp.IsZero() && exp.Before(r.until) {
		r.until = exp
	}
	if r.until.After(now) {
		m.set(key, r.refusal == nil, r)
	}
}

// judge returns what was found, as of now.
//
// RFC 9068, section 4: the time is checked at each use. The other checks can't change.
func (r *remembered) judge(expect claims.Expectation, now time.Time) (claims.Claims, error) {
	if r.refusal != nil {
		return claims.Claims{}, r.refusal
	}
	if err := expect.CheckTime(&r.said, now); err != nil {
		return claims.Claims{}, err
	}
	return r.said, nil
}
