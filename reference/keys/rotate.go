package keys

import (
	"fmt"
	"slices"
	"time"
)

// Announce publishes a key that doesn't sign yet, unless it is the first of its
// algorithm. The time from here to Rotate is the lead that resource servers have
// to fetch it, so that no token surprises them.
func (r *Ring) Announce(next *Key) error {
	r.change.Lock()
	defer r.change.Unlock()
	s := r.Current()
	if err := s.admit(next); err != nil {
		return fmt.Errorf("announce key: %w", err)
	}
	if err := r.replace(&Set{append(slices.Clone(s.entries), Entry{Key: next})}); err != nil {
		return fmt.Errorf("announce key: %w", err)
	}
	return nil
}

// replace changes the ring once the change is kept: no token is signed with a key that
// would be gone after a restart.
func (r *Ring) replace(s *Set) error {
	if r.save != nil {
		if err := r.save(s.Entries()); err != nil {
			return err
		}
	}
	r.current.Store(s)
	return nil
}

// Rotate makes next, which may have been announced, the key that signs for its
// algorithm. The previous one verifies and stays published until the overlap ends,
// which should be at least the longest lifetime of a token. Keys whose overlap has
// ended leave the ring.
func (r *Ring) Rotate(next *Key, now time.Time, overlap time.Duration) error {
	if overlap < 0 {
		return fmt.Errorf("rotate key: the overlap of %v is negative", overlap)
	}
	r.change.Lock()
	defer r.change.Unlock()
	s := &Set{entries: slices.DeleteFunc(r.Current().Entries(), func(e Entry) bool { return !e.Valid(now) })}
	if err := s.promote(next); err != nil {
		return fmt.Errorf("rotate key: %w", err)
	}
	place := s.signing(next.Algorithm)
	if place >= 0 {
		s.entries[place].Until = now.Add(overlap)
	} else {
		place = len(s.entries)
	}
	s.entries = slices.Insert(s.entries, place, Entry{Key: next})
	if err := r.replace(s); err != nil {
		return fmt.Errorf("rotate key: %w", err)
	}
	return nil
}

// promote takes an announced key out, or sees that a new one can be added.
func (s *Set) promote(next *Key) error {
	if next == nil {
		return fmt.Errorf("no key")
	}
	i := s.index(next.ID)
	if i < 0 {
		return s.admit(next)
	}
	switch e := s.entries[i]; {
	case e.Key != next:
		return fmt.Errorf("another key has the id %s", next.ID)
	case !e.Until.IsZero():
		return fmt.Errorf("%v has been replaced already", next)
	case i == s.signing(next.Algorithm):
		return fmt.Errorf("%v signs already", next)
	}
	s.entries = slices.Delete(s.entries, i, i+1)
	return nil
}
