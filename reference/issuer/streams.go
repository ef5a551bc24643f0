package issuer

import (
	"sync"
	"time"
)

// streams are the event streams that are open.
type streams struct {
	poll, heartbeat, write time.Duration
	ended                  chan struct{} // closed when all have to end

	mu      sync.Mutex
	open    map[string]int // by client
	wake    chan struct{}  // closed when there is something to send
	closing bool
	running sync.WaitGroup
}

func newStreams() *streams {
	return &streams{
		poll: streamPoll, heartbeat: streamHeartbeat, write: streamWrite,
		ended: make(chan struct{}), open: map[string]int{}, wake: make(chan struct{}),
	}
}

// enter counts a stream of a client, and says no to one too many.
func (s *streams) enter(client string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.open[client] == maxStreams {
		return nil, false
	}
	s.open[client]++
	s.running.Add(1)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[client]--; s.open[client] == 0 {
			delete(s.open, client)
		}
		s.running.Done()
	}, true
}

// changed returns what is closed when something is revoked after this call.
func (s *streams) changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wake
}

// ring wakes the streams.
func (s *streams) ring() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) > 0 {
		close(s.wake)
		s.wake = make(chan struct{})
	}
}

// EndStreams ends the event streams, waits for them, and allows no others. It is for
// [http.Server.RegisterOnShutdown], since a server that shuts down waits for its answers.
func (i *Issuer) EndStreams() { i.streams.end() }

// end ends all streams and waits for them. It may be called again.
func (s *streams) end() {
	s.mu.Lock()
	if !s.closing {
		s.closing = true
		close(s.ended)
	}
	s.mu.Unlock()
	s.running.Wait()
}
