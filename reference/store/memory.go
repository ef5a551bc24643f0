package store

import (
	"context"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/reference/token"
)

// shards is the number of parts that are locked alone. A digest's first byte
// chooses, and digests are uniform.
const shards = 256

// Memory is a store in this process.
type Memory struct {
	now   func() time.Time
	parts [shards]shard

	stop  sync.Once
	quit  chan struct{}
	ended chan struct{}
}

type shard struct {
	mu     sync.RWMutex
	claims map[Digest]token.Claims
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store, which removes expired claims within the period
// after their expiry, until it is closed. The period must be positive.
func NewMemory(now func() time.Time, period time.Duration) *Memory {
	m := &Memory{now: now, quit: make(chan struct{}), ended: make(chan struct{})}
	for i := range m.parts {
		m.parts[i].claims = map[Digest]token.Claims{}
	}
	go m.sweep(max(period/shards, 1))
	return m
}

func (m *Memory) shard(d Digest) *shard { return &m.parts[d[0]] }

func (m *Memory) Put(_ context.Context, d Digest, c token.Claims) error {
	s := m.shard(d)
	s.mu.Lock()
	s.claims[d] = c
	s.mu.Unlock()
	return nil
}

func (m *Memory) Get(_ context.Context, d Digest) (token.Claims, bool, error) {
	s := m.shard(d)
	s.mu.RLock()
	c, ok := s.claims[d]
	s.mu.RUnlock()
	if !ok || !c.Live(m.now().Unix()) {
		return token.Claims{}, false, nil
	}
	return c, true, nil
}

// Len returns the number of claims kept, with those that have expired and are
// still to be removed.
func (m *Memory) Len() int {
	n := 0
	for i := range m.parts {
		s := &m.parts[i]
		s.mu.RLock()
		n += len(s.claims)
		s.mu.RUnlock()
	}
	return n
}

// Close ends the removal and waits for it.
func (m *Memory) Close() error {
	m.stop.Do(func() { close(m.quit) })
	<-m.ended
	return nil
}

// sweep removes expired claims, one shard at a time: a pass over everything at
// once would show as a spike in the latencies that this server is there to serve.
func (m *Memory) sweep(every time.Duration) {
	defer close(m.ended)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for i := 0; ; i = (i + 1) % shards {
		select {
		case <-m.quit:
			return
		case <-ticker.C:
			m.parts[i].removeExpired(m.now().Unix())
		}
	}
}

func (s *shard) removeExpired(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for d, c := range s.claims {
		if !c.Live(now) {
			delete(s.claims, d)
		}
	}
}
