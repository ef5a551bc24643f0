package keys

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Ring is a set of signing keys that can be rotated. It may be used concurrently.
type Ring struct {
	change  sync.Mutex // held by who replaces current
	save    func([]Entry) error
	current atomic.Pointer[Set]
	jwks    atomic.Pointer[published]
}

// Set is what a ring holds between two changes. It doesn't change itself.
type Set struct{ entries []Entry }

// Entry is a key in a ring.
type Entry struct {
	Key   *Key
	Until time.Time // when it stops to verify; zero for a key that hasn't been replaced
}

// Valid reports whether the key verifies, and is published, at the time.
func (e Entry) Valid(now time.Time) bool { return e.Until.IsZero() || now.Before(e.Until) }

// NewRing collects keys, in the order of preference for signing. A key that
// doesn't fit its algorithm, or a kid that occurs twice, is an error.
func NewRing(keys ...*Key) (*Ring, error) {
	entries := make([]Entry, len(keys))
	for n, k := range keys {
		entries[n] = Entry{Key: k}
	}
	return NewRingOf(entries, nil)
}

// NewRingOf collects keys, some of which may have been replaced already, and keeps
// what becomes of them: save gets what the ring is to hold after each change, and an
// error of it leaves the ring as it was. It may be nil, and is never called by two at
// a time.
func NewRingOf(entries []Entry, save func([]Entry) error) (*Ring, error) {
	s := &Set{}
	for _, e := range entries {
		if err := s.admit(e.Key); err != nil {
			return nil, fmt.Errorf("key ring: %w", err)
		}
		s.entries = append(s.entries, e)
	}
	r := &Ring{save: save}
	r.current.Store(s)
	return r, nil
}

// admit says why a key can't be added.
func (s *Set) admit(k *Key) error {
	if k == nil {
		return fmt.Errorf("no key")
	}
	if err := k.check(); err != nil {
		return err
	}
	if k.ID == "" {
		return fmt.Errorf("%s key has no id", k.Algorithm)
	}
	// RFC 7517, section 4.5: keys in a set SHOULD have distinct kid values.
	if s.index(k.ID) >= 0 {
		return fmt.Errorf("id %s occurs twice", k.ID)
	}
	return nil
}

// index scans: a ring holds a handful of keys.
func (s *Set) index(kid string) int {
	return slices.IndexFunc(s.entries, func(e Entry) bool { return e.Key.ID == kid })
}

// signing returns the place of the key to sign with: the first of the algorithm
// that hasn't been replaced.
func (s *Set) signing(a Algorithm) int {
	return slices.IndexFunc(s.entries, func(e Entry) bool { return e.Key.Algorithm == a && e.Until.IsZero() })
}

// Entries lists the keys: those that sign before the others of their algorithm.
func (s *Set) Entries() []Entry { return slices.Clone(s.entries) }

// ByAlgorithm returns the key to sign with.
func (s *Set) ByAlgorithm(a Algorithm) (*Key, bool) { return s.at(s.signing(a)) }

func (s *Set) at(i int) (*Key, bool) {
	if i < 0 {
		return nil, false
	}
	return s.entries[i].Key, true
}

// Current is what the ring holds now: the same pointer until the ring changes.
func (r *Ring) Current() *Set { return r.current.Load() }

// All lists the keys, also those whose overlap has ended since the last change.
func (r *Ring) All() []*Key {
	var all []*Key
	for _, e := range r.Current().entries {
		all = append(all, e.Key)
	}
	return all
}

// ByAlgorithm returns the key to sign with.
func (r *Ring) ByAlgorithm(a Algorithm) (*Key, bool) { return r.Current().ByAlgorithm(a) }

// ByID returns the key that a token's kid names, whether it is still valid or not.
func (r *Ring) ByID(kid string) (*Key, bool) {
	s := r.Current()
	return s.at(s.index(kid))
}
