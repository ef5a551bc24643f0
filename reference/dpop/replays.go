package dpop

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

// replayWindow is for how long a proof can be good: no use has to be remembered longer.
// The second is what the clock's fractions may add.
const replayWindow = MaxAge + MaxLead + 2*time.Second

// Replays is a [Memory] of one process, bounded in number and in time: it holds the
// uses of a window and of the one before, and forgets a window as a whole.
type Replays struct {
	now    func() time.Time
	limit  int // of each shard, in one window
	shards [16]shard
}

type shard struct {
	mu          sync.Mutex
	window      int64 // the number of the current one
	used, older map[use]struct{}
}

// use is half of a SHA-256: who finds a second jti with the same one has kept nobody
// but itself from using it.
type use [16]byte

// ErrFull says that more proofs were used within a window than are remembered. To
// forget one sooner would be to accept it again.
var ErrFull = errors.New("too many DPoP proofs to remember")

// NewReplays remembers as many uses within 67 s as limit says, about; it takes about 40
// bytes for each, and at most twice as many are held.
func NewReplays(limit int, now func() time.Time) (*Replays, error) {
	r := &Replays{now: now}
	if limit < len(r.shards) {
		return nil, fmt.Errorf("remember %d DPoP proofs: less than %d", limit, len(r.shards))
	}
	r.limit = limit / len(r.shards)
	return r, nil
}

// Remember implements [Memory]. The error is [ErrFull].
func (r *Replays) Remember(_ context.Context, thumbprint, id string, _ time.Time) (first bool, err error) {
	// A thumbprint has no NUL in it.
	sum := sha256.Sum256([]byte(thumbprint + "\x00" + id))
	key := use(sum[:16])
	s := &r.shards[sum[31]%byte(len(r.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(r.now().UnixNano() / int64(replayWindow))
	if _, ok := s.used[key]; ok {
		return false, nil
	}
	if _, ok := s.older[key]; ok {
		return false, nil
	}
	if len(s.used) >= r.limit {
		return false, ErrFull
	}
	s.used[key] = struct{}{}
	return true, nil
}

// turn forgets the windows that are over. A clock that was put back forgets none.
func (s *shard) turn(window int64) {
	switch {
	case s.used == nil || window > s.window+1:
		s.used, s.older = map[use]struct{}{}, nil
	case window == s.window+1:
		s.used, s.older = map[use]struct{}{}, s.used
	default:
		return
	}
	s.window = window
}
