package between

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// mostHeld is how many bytes may be on one way of a connection, or kept there while it is
// frozen. A way of 20 ms that carries 400 MB/s has as many.
const mostHeld = 8 << 20

// lane is one way of a connection. Its bytes come in the order in which they were sent,
// whatever their delays are.
type lane struct {
	p     *Proxy
	conn  net.Conn
	count *atomic.Int64
	done  <-chan struct{}

	mu         sync.Mutex
	queue      []chunk
	held       int
	finished   bool
	more, less chan struct{}
}

// chunk is what is on its way. One without bytes is the end.
type chunk struct {
	due   time.Time
	bytes []byte
}

func newLane(p *Proxy, conn net.Conn, count *atomic.Int64, done <-chan struct{}) *lane {
	return &lane{p: p, conn: conn, count: count, done: done, more: make(chan struct{}, 1), less: make(chan struct{}, 1)}
}

// send has the bytes arrive after the delay, and waits only where too many are on their
// way. It reports whether there is still somebody to get them.
func (l *lane) send(b []byte, delay time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.held >= mostHeld {
		l.mu.Unlock()
		select {
		case <-l.less:
		case <-l.done:
		}
		l.mu.Lock()
		if l.over() {
			return false
		}
	}
	if l.finished || l.over() {
		return false
	}
	// What needn't wait isn't handed from one goroutine to another, which takes time.
	if delay == 0 && len(l.queue) == 0 && l.p.now.Load().Mode != Freeze {
		return l.write(b)
	}
	l.add(chunk{time.Now().Add(delay), append([]byte{}, b...)})
	return true
}

// finish has the end arrive after all that was sent.
func (l *lane) finish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.finished {
		l.finished = true
		l.add(chunk{due: time.Now().Add(l.p.now.Load().each())})
	}
}

func (l *lane) add(c chunk) {
	l.queue = append(l.queue, c)
	l.held += len(c.bytes)
	wake(l.more)
}

func (l *lane) over() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

func (l *lane) write(b []byte) bool {
	l.count.Add(int64(len(b))) // before somebody can have them and ask
	n, err := l.conn.Write(b)
	l.count.Add(int64(n - len(b)))
	return err == nil
}

// run passes on what is queued until its end, or that of the connection. It reports
// whether that went well.
func (l *lane) run() bool {
	for {
		head, ok := l.head()
		if !ok || !l.p.clock.wait(head.due, l.done) {
			return true
		}
		for now := l.p.now.Load(); now.Mode == Freeze; now = l.p.now.Load() {
			select {
			case <-now.over:
			case <-l.done:
				return true
			}
		}
		if head.bytes == nil {
			half, ok := l.conn.(interface{ CloseWrite() error })
			return !ok || half.CloseWrite() == nil
		}
		if !l.write(head.bytes) {
			return false
		}
		l.next(len(head.bytes))
	}
}

// head returns the first of what is queued. It stays there while it is passed on, so that
// nothing overtakes it.
func (l *lane) head() (chunk, bool) {
	for {
		l.mu.Lock()
		if len(l.queue) > 0 {
			defer l.mu.Unlock()
			return l.queue[0], true
		}
		l.mu.Unlock()
		select {
		case <-l.more:
		case <-l.done:
			return chunk{}, false
		}
	}
}

// next drops the first of what is queued.
func (l *lane) next(bytes int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue[0] = chunk{}
	if l.queue = l.queue[1:]; len(l.queue) == 0 {
		l.queue = nil
	}
	l.held -= bytes
	wake(l.less)
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
