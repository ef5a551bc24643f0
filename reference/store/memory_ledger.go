package store

import (
	"sort"
	"sync"
	"sync/atomic"
)

// ledgerBatch is how many entries one removal looks at.
const ledgerBatch = 4096

// ledger lists revocations in the order in which they came.
type ledger struct {
	mu       sync.RWMutex
	versions map[Subject]int64
	entries  []entry // by ascending version; the version counts from 1
	dead     int     // entries that were replaced or removed
	version  int64
	swept    int          // the entry to look at next
	listed   atomic.Int64 // len(versions), read without the lock
}

type entry struct {
	version int64
	Revocation
}

func (l *ledger) len() int    { return int(l.listed.Load()) }
func (l *ledger) empty() bool { return l.len() == 0 }

// add lists a subject. One that is listed for longer already stays as it is, and
// one that is listed for less moves to the end, for its readers to hear of it.
func (l *ledger) add(now int64, s Subject, expires int64) {
	if expires <= now {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if version, ok := l.versions[s]; ok {
		e := &l.entries[l.find(version)]
		if e.Expires >= expires {
			return
		}
		e.Subject = ""
		l.dead++
	}
	l.version++
	l.entries = append(l.entries, entry{l.version, Revocation{s, expires}})
	l.versions[s] = l.version
	l.listed.Store(int64(len(l.versions)))
}

// find returns the index of the first entry of that version or a later one.
func (l *ledger) find(version int64) int {
	return sort.Search(len(l.entries), func(i int) bool { return l.entries[i].version >= version })
}

func (l *ledger) has(now int64, subjects ...Subject) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range subjects {
		if version, ok := l.versions[s]; ok && now < l.entries[l.find(version)].Expires {
			return true
		}
	}
	return false
}

func (l *ledger) list(now, after int64, limit int) (list []Revocation, version int64) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	version = after
	for _, e := range l.entries[l.find(after+1):] {
		if len(list) >= limit {
			break
		}
		version = e.version
		if e.Subject != "" && now < e.Expires {
			list = append(list, e.Revocation)
		}
	}
	return list, version
}

// removeExpired removes what has expired of the next batch of entries.
func (l *ledger) removeExpired(now int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := min(l.swept+ledgerBatch, len(l.entries))
	for ; l.swept < end; l.swept++ {
		if e := &l.entries[l.swept]; e.Subject != "" && e.Expires <= now {
			delete(l.versions, e.Subject)
			e.Subject = ""
			l.dead++
		}
	}
	if l.swept == len(l.entries) {
		l.swept = 0
	}
	l.listed.Store(int64(len(l.versions)))
	// The dead are moved out when they are the most, so that each costs but a move.
	if l.dead > len(l.entries)/2 {
		kept := make([]entry, 0, len(l.entries)-l.dead)
		for _, e := range l.entries {
			if e.Subject != "" {
				kept = append(kept, e)
			}
		}
		l.entries, l.dead, l.swept = kept, 0, 0
	}
}
