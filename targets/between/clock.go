package between

import (
	"container/heap"
	"sync"
	"time"
)

// clock lets many goroutines wait for their times with one alarm.
type clock struct {
	alarm alarm
	mu    sync.Mutex
	dates dates
}

// alarm goes off after a time. Setting it forgets the time that was set before.
type alarm interface {
	set(d time.Duration)
	wait() bool // false once it is closed
	close()
}

func newClock() *clock { return &clock{alarm: newAlarm()} }

// wait returns when it is that time, or false when done is closed before.
func (c *clock) wait(due time.Time, done <-chan struct{}) bool {
	d := time.Until(due)
	if d <= 0 {
		return true
	}
	date := &date{due, make(chan struct{})}
	c.mu.Lock()
	heap.Push(&c.dates, date)
	if c.dates[0] == date {
		c.alarm.set(d)
	}
	c.mu.Unlock()
	select {
	case <-date.come:
		return true
	case <-done:
		return false
	}
}

// run wakes those who wait, until the clock is closed.
func (c *clock) run() {
	for c.alarm.wait() {
		c.mu.Lock()
		now := time.Now()
		for len(c.dates) > 0 && !c.dates[0].due.After(now) {
			close(heap.Pop(&c.dates).(*date).come)
		}
		if len(c.dates) > 0 {
			c.alarm.set(c.dates[0].due.Sub(now))
		}
		c.mu.Unlock()
	}
}

func (c *clock) close() { c.alarm.close() }

// date is a time that somebody waits for.
type date struct {
	due  time.Time
	come chan struct{}
}

// dates is a heap, the next date first.
type dates []*date

func (d dates) Len() int           { return len(d) }
func (d dates) Less(i, j int) bool { return d[i].due.Before(d[j].due) }
func (d dates) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *dates) Push(x any)        { *d = append(*d, x.(*date)) }
func (d *dates) Pop() any {
	old := *d
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*d = old[:len(old)-1]
	return last
}

// bell is the alarm of Go's own timers, which may be a millisecond late.
type bell struct {
	timer *time.Timer
	done  chan struct{}
}

func newBell() *bell {
	b := &bell{time.NewTimer(time.Hour), make(chan struct{})}
	b.timer.Stop()
	return b
}

func (b *bell) set(d time.Duration) { b.timer.Reset(d) }

func (b *bell) wait() bool {
	select {
	case <-b.timer.C:
		return true
	case <-b.done:
		return false
	}
}

func (b *bell) close() {
	b.timer.Stop()
	close(b.done)
}
