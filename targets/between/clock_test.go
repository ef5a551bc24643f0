package between

import (
	"sync"
	"testing"
	"time"
)

// Who waits wakes when it is time and not before, with either alarm, though somebody else
// waits for a later time.
func TestClock(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]alarm{"system": newAlarm(), "bell": newBell()} {
		c := &clock{alarm: a}
		var group, running sync.WaitGroup
		running.Go(c.run)
		now := time.Now()
		for _, n := range []int{3, 1, 2, 0} {
			group.Go(func() {
				due := now.Add(time.Duration(n) * 30 * time.Millisecond)
				if !c.wait(due, nil) || time.Now().Before(due) {
					t.Errorf("%s: %d woke too early", name, n)
				}
			})
		}
		group.Wait()
		done := make(chan struct{})
		close(done)
		if c.wait(time.Now().Add(time.Hour), done) {
			t.Errorf("%s: an hour has passed", name)
		}
		c.close()
		running.Wait()
	}
}
