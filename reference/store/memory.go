package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"
)

// shards is the number of parts that are locked alone. A place's first byte
// chooses, and digests are uniform.
const shards = 256

// Memory is a store in this process, which forgets when the process ends.
type Memory struct {
	now      func() time.Time
	parts    [shards]shard
	owners   owners
	families families
	revoked  ledger
	sweeper  *Sweeper
	swept    int // the shard to sweep next; the sweeper's alone
}

// place is where a record is: its key, or the SHA-256 of a key of another length,
// so that a map of places holds no pointers for the garbage collector to follow.
type place [sha256.Size]byte

func placeOf(k Key) (p place) {
	if len(k) == len(p) {
		copy(p[:], k)
		return p
	}
	// A value that is stored plain can't be made to meet another's place without
	// knowing that other.
	return sha256.Sum256([]byte("place:" + k))
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store, which removes expired records within the period
// after their expiry, until it is closed. The period must be positive.
func NewMemory(now func() time.Time, period time.Duration) *Memory {
	m := &Memory{now: now}
	for i := range m.parts {
		s := &m.parts[i]
		s.number, s.owners, s.families = uint8(i), &m.owners, &m.families
		s.byForm = map[formID]uint32{}
	}
	m.revoked.versions = map[Subject]int64{}
	m.sweeper = StartSweeper(period/shards, m.sweep)
	return m
}

func (m *Memory) shard(p place) *shard { return &m.parts[p[0]] }

func (m *Memory) Put(_ context.Context, k Key, r Record) error {
	p := placeOf(k)
	parts, err := split(p, r)
	if err != nil {
		return err
	}
	s := m.shard(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index.rows == mostRows {
		return fmt.Errorf("keep record: there are %d in a shard: %w", mostRows, ErrUnavailable)
	}
	s.put(&parts)
	return nil
}

func (m *Memory) Get(_ context.Context, k Key) (Record, bool, error) {
	p := placeOf(k)
	s := m.shard(p)
	s.mu.RLock()
	w := s.find(&p)
	if w == nil {
		s.mu.RUnlock()
		return Record{}, false, nil
	}
	r := s.join(w)
	s.mu.RUnlock()
	if !m.live(&r) {
		return Record{}, false, nil
	}
	return r, true, nil
}

func (m *Memory) Use(_ context.Context, k Key) (Record, bool, error) {
	p := placeOf(k)
	s := m.shard(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.find(&p)
	if w == nil {
		return Record{}, false, nil
	}
	r := s.join(w)
	if !m.live(&r) {
		return Record{}, false, nil
	}
	w.form |= usedMark
	return r, true, nil
}

func (m *Memory) Remember(_ context.Context, k Key, until int64) (bool, error) {
	p := placeOf(k)
	return m.shard(p).remember(p, m.now().Unix(), until), nil
}

func (m *Memory) live(r *Record) bool {
	now := m.now().Unix()
	if !r.Claims.Live(now) {
		return false
	}
	if m.revoked.empty() {
		return true
	}
	return !m.revoked.has(now, TokenSubject(r.Claims.ID)) &&
		(r.Family == "" || !m.revoked.has(now, FamilySubject(r.Family)))
}

func (m *Memory) Revoke(_ context.Context, subject Subject, expires int64) error {
	if err := subject.Check(); err != nil {
		return err
	}
	now := m.now().Unix()
	m.revoked.add(now, subject, expires)
	family, ok := subject.Family()
	if !ok {
		return nil
	}
	for _, ref := range m.families.of(familyKey(family)) {
		s := &m.parts[ref.shard]
		s.mu.RLock()
		// It may be gone by now, and the row another's.
		var r Record
		if w := s.rows.at(ref.row); w.form.is(keptMark) {
			r = s.join(w)
		}
		s.mu.RUnlock()
		if r.Family == family && r.Claims.ID != "" {
			m.revoked.add(now, TokenSubject(r.Claims.ID), r.Claims.Expires)
		}
	}
	return nil
}

func (m *Memory) Revoked(_ context.Context, subjects ...Subject) (bool, error) {
	if m.revoked.empty() {
		return false, nil
	}
	return m.revoked.has(m.now().Unix(), subjects...), nil
}

func (m *Memory) List(_ context.Context, after Cursor, limit int) ([]Revocation, Cursor, error) {
	n, err := after.Numbers(1)
	if err != nil {
		return nil, after, err
	}
	list, version := m.revoked.list(m.now().Unix(), n[0], limit)
	return list, CursorOf(version), nil
}

// Len returns the number of records kept, with those that have expired and are
// still to be removed.
func (m *Memory) Len() int {
	n := 0
	for i := range m.parts {
		s := &m.parts[i]
		s.mu.RLock()
		n += s.index.rows
		s.mu.RUnlock()
	}
	return n
}

// Rows returns the number of records, remembered keys and revocations kept, expired
// ones too.
func (m *Memory) Rows(context.Context) (int, error) {
	n := m.Len() + m.revoked.len()
	for i := range m.parts {
		s := &m.parts[i]
		s.mu.RLock()
		n += len(s.remembered)
		s.mu.RUnlock()
	}
	return n, nil
}

// Close ends the removal and waits for it.
func (m *Memory) Close() error {
	m.sweeper.Stop()
	return nil
}

// sweep removes what has expired, one shard at a time: a pass over everything at
// once would show as a spike in the latencies that this server is there to serve.
func (m *Memory) sweep(context.Context) (bool, error) {
	now := m.now().Unix()
	m.parts[m.swept].removeExpired(now)
	m.revoked.removeExpired(now)
	m.swept = (m.swept + 1) % shards
	return false, nil
}
