package store

import (
	"context"
	"sync"
	"time"
)

// Sweeper removes what has expired, in the background.
type Sweeper struct {
	cancel context.CancelFunc
	ended  sync.WaitGroup
}

// StartSweeper calls remove every period, and again at once while it says that
// there is more: a batch at a time, so that nobody waits long for a lock. A batch
// that fails is left to the next period. It must be stopped.
func StartSweeper(period time.Duration, remove func(context.Context) (more bool, err error)) *Sweeper {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Sweeper{cancel: cancel}
	s.ended.Go(func() {
		ticker := time.NewTicker(max(period, 1))
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			for {
				if more, err := remove(ctx); err != nil || !more || ctx.Err() != nil {
					break
				}
			}
		}
	})
	return s
}

// Stop ends the removal and waits for it. It may be called again.
func (s *Sweeper) Stop() {
	s.cancel()
	s.ended.Wait()
}
