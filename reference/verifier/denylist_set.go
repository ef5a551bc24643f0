package verifier

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// How local-denylist keeps the list: what Config.DenylistSet may be.
const (
	// SetExact has an entry for each revocation.
	SetExact = "exact"
	// SetBloom asks a Bloom filter first, and the exact set about what that has.
	SetBloom = "bloom"
	// SetBloomOnline has the filter alone, and asks the issuer about what that has.
	SetBloomOnline = "bloom-online"
)

// DenylistSets lists how local-denylist can keep the list, the default first.
func DenylistSets() []string { return []string{SetExact, SetBloom, SetBloomOnline} }

// revocationKey names a revoked token, or a revoked family of tokens, by enough bytes of a
// hash that no two share them.
type revocationKey [16]byte

func tokenRevocation(jti string) revocationKey     { return revocationOf('t', jti) }
func familyRevocation(family string) revocationKey { return revocationOf('f', family) }

func revocationOf(kind byte, id string) revocationKey {
	var room [64]byte
	sum := sha256.Sum256(append(append(room[:0], kind), id...))
	return revocationKey(sum[:16])
}

// found is what a set says of a key.
type found int

const (
	foundNot found = iota
	foundMaybe
	foundSure
)

// exactSet keeps until when each revocation matters, in seconds since 1970. 32 bits
// last until 2106.
type exactSet map[revocationKey]uint32

// add keeps the later of two dates.
func (s exactSet) add(k revocationKey, exp int64) {
	s[k] = max(s[k], uint32(min(max(exp, 0), math.MaxUint32)))
}

// has is true until the revocation's date, whether expired entries were removed or not.
func (s exactSet) has(k revocationKey, now int64) bool {
	exp, ok := s[k]
	return ok && now < int64(exp)
}

// without returns the set without what has expired.
func (s exactSet) without(now int64) exactSet {
	left := exactSet{}
	for k, exp := range s {
		if now < int64(exp) {
			left[k] = exp
		}
	}
	return left
}

// bloomFilter has each key that was added, and some that weren't. It forgets none, so that
// a full one has to be replaced.
type bloomFilter struct {
	bits     []uint64
	hashes   int
	capacity int // keys that it was made for
	size     int
}

// bloomFalse is the part of other keys that a full filter has.
const bloomFalse = 0.001

// newBloom returns a filter for so many keys: n keys need n ln(1/p) / ln(2)^2 bits and
// log2(1/p) hashes.
func newBloom(capacity int) *bloomFilter {
	bits := math.Ceil(float64(capacity) * math.Log(1/bloomFalse) / (math.Ln2 * math.Ln2))
	return &bloomFilter{bits: make([]uint64, int(bits)/64+1), hashes: int(math.Round(math.Log2(1 / bloomFalse))), capacity: capacity}
}

// each calls with the place of each bit of a key. The key is a hash, two halves of
// which make as many as are needed (Kirsch and Mitzenmacher, 2006).
func (f *bloomFilter) each(k revocationKey, place func(word int, bit uint64) bool) {
	a, b := binary.LittleEndian.Uint64(k[:8]), binary.LittleEndian.Uint64(k[8:])|1
	for range f.hashes {
		at := a % uint64(64*len(f.bits))
		if !place(int(at/64), 1<<(at%64)) {
			return
		}
		a += b
	}
}

func (f *bloomFilter) add(k revocationKey) {
	f.each(k, func(word int, bit uint64) bool { f.bits[word] |= bit; return true })
	f.size++
}

func (f *bloomFilter) has(k revocationKey) bool {
	all := true
	f.each(k, func(word int, bit uint64) bool { all = f.bits[word]&bit != 0; return all })
	return all
}

// full reports whether more would make it wrong too often.
func (f *bloomFilter) full() bool { return f.size >= f.capacity }

// denySet is one of the three.
type denySet struct {
	exact exactSet     // nil when only the filter is kept
	bloom *bloomFilter // nil without one
}

// newDenySet takes one of [DenylistSets] and the number of revocations to expect.
func newDenySet(kind string, expected int) (*denySet, error) {
	switch kind {
	case SetExact, "":
		return &denySet{exact: exactSet{}}, nil
	case SetBloom:
		return &denySet{exactSet{}, newBloom(expected)}, nil
	case SetBloomOnline:
		return &denySet{bloom: newBloom(expected)}, nil
	}
	return nil, fmt.Errorf("unknown set of revocations %q", kind)
}

func (s *denySet) add(k revocationKey, exp int64) {
	if s.exact != nil {
		s.exact.add(k, exp)
	}
	if s.bloom != nil {
		s.bloom.add(k)
	}
}

func (s *denySet) find(k revocationKey, now int64) found {
	switch {
	case s.bloom != nil && !s.bloom.has(k):
		return foundNot
	case s.exact == nil:
		return foundMaybe
	case s.exact.has(k, now):
		return foundSure
	}
	return foundNot
}

// crowded reports whether the set has to be made anew; nil always has.
func (s *denySet) crowded() bool { return s == nil || s.bloom != nil && s.bloom.full() }

// len is about the number of revocations in the set.
func (s *denySet) len() int {
	switch {
	case s == nil:
		return 0
	case s.exact != nil:
		return len(s.exact)
	}
	return s.bloom.size
}
