package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oauthmark/oauthmark/reference/field"
)

const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// revocationStream reads the issuer's events. After each end it connects again and goes on
// after the last event. It can't tell whether it missed any, so that entries are bound to
// the connection under which they were made.
type revocationStream struct {
	client   *http.Client
	uri      string
	basic    string
	now      func() time.Time
	silence  time.Duration // after which a connection is taken for dead
	patience time.Duration // with the issuer, until it begins to answer
	names    *revocationNames
	count    *Counters
	retry    time.Duration // after the first failure; twice as long after each further one

	once    sync.Once
	cancel  context.CancelFunc
	ctx     context.Context
	running sync.WaitGroup

	connection atomic.Uint64 // the number of the one that is open; 0 for none
	last       atomic.Int64  // when it was heard of, in nanoseconds since 1970
	connected  uint64        // connections so far; the reader's alone, as what follows
	id         string        // of the last event
	reconnect  time.Duration // as the issuer wishes
}

func newRevocationStream(p *parts, names *revocationNames) *revocationStream {
	client := *p.upstream.client
	client.Timeout = 0 // it would end each stream
	s := &revocationStream{
		client: &client, uri: p.config.EventsURI, basic: p.upstream.asking.basic, now: p.options.Now,
		silence: p.config.eventsSilence(), patience: p.options.Timeout, names: names, count: p.count, retry: firstRetry,
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// start opens the stream the first time it is called. Making a verifier sends nothing.
func (s *revocationStream) start() {
	s.once.Do(func() { s.running.Go(s.run) })
}

// Close ends the stream and waits for that. It may be called again.
func (s *revocationStream) Close() error {
	s.cancel()
	s.once.Do(func() {}) // it can't be opened any more
	s.running.Wait()
	return nil
}

// heard returns the number of the connection that is heard, 0 for none.
func (s *revocationStream) heard(now time.Time) uint64 {
	connection := s.connection.Load()
	if connection == 0 || now.UnixNano()-s.last.Load() >= int64(s.silence) {
		return 0
	}
	return connection
}

func (s *revocationStream) run() {
	wait := s.retry
	for s.ctx.Err() == nil {
		before := s.connected
		s.listen()
		s.connection.Store(0)
		if s.connected > before { // the issuer is there
			wait = max(s.retry, s.reconnect)
		}
		select {
		case <-s.ctx.Done():
		case <-time.After(min(wait, lastRetry)):
		}
		wait = min(2*wait, lastRetry)
	}
}

// listen reads one connection to its end.
func (s *revocationStream) listen() {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	watchdog := time.AfterFunc(s.patience, cancel)
	defer watchdog.Stop()
	response, err := s.open(ctx)
	if err != nil {
		return
	}
	defer response.Body.Close()
	s.connected++
	s.last.Store(s.now().UnixNano())
	watchdog.Reset(s.silence)
	s.connection.Store(s.connected)
	_ = readEvents(response.Body, func(line eventLine) error {
		s.last.Store(s.now().UnixNano())
		watchdog.Reset(s.silence)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return s.take(line)
	})
}

func (s *revocationStream) open(ctx context.Context) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.uri, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", s.basic)
	request.Header.Set("Accept", "text/event-stream")
	if s.id != "" {
		request.Header.Set("Last-Event-ID", s.id)
	}
	s.count.EventStreams.add()
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK || field.MediaType(response.Header.Get("Content-Type")) != "text/event-stream" {
		response.Body.Close()
		return nil, fmt.Errorf("open event stream: status %d, or another content type", response.StatusCode)
	}
	return response, nil
}

// take acts on a complete line. One that isn't understood may have been a revocation, so
// that it ends the connection, and the use of all that is remembered.
func (s *revocationStream) take(line eventLine) error {
	if line.retry > 0 {
		s.reconnect = line.retry
	}
	if line.data != nil && line.event == "revoked" {
		r, err := parseRevoked(line.data)
		if err != nil {
			return err
		}
		s.names.drop(r)
		s.count.Events.add()
	}
	if line.id != "" {
		s.id = line.id
	}
	return nil
}

var errEvent = errors.New("malformed event")
