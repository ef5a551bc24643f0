package conformance

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// Clock is the time that checks live in.
type Clock interface {
	Now() time.Time
	// Sleep waits for d, or until the context ends and then returns its error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Session is what the checks of one step share about one instance: connections,
// and answers that several checks look at.
type Session struct {
	instance *targets.Instance
	secrets  *redact.Registry // of the instance, where it has one
	clock    Clock
	seed     uint64
	client   *http.Client
	chosen   []string // checks that somebody has named, among all

	mu    sync.Mutex
	cells map[string]*cell
}

// NewSession opens a session with an instance. The seed makes the values that no
// server has issued, the same for the same seed. Close it after the last check.
func NewSession(instance *targets.Instance, clock Clock, seed uint64) *Session {
	secrets := cmp.Or(instance.Secrets, redact.New())
	for _, c := range append([]targets.Client{instance.Introspector}, instance.Clients...) {
		secrets.Add(c.Secret.Reveal())
	}
	return &Session{
		instance: instance,
		secrets:  secrets,
		clock:    clock,
		seed:     seed,
		client:   targets.NewHTTPClient(exchangeTimeout, bound),
		cells:    map[string]*cell{},
	}
}

// Close gives back the session's connections.
func (s *Session) Close() { s.client.CloseIdleConnections() }

// madeUp is a string of 43 characters that no server has issued.
func (s *Session) madeUp(purpose string) string {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, s.seed), purpose...))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// cell is an answer that checks share: made once, by the first that asks.
type cell struct {
	once      sync.Once
	value     any
	err       error
	exchanges []*Exchange
}

// shared returns the value of the key, and makes it when nobody has yet. The exchanges
// behind it are evidence for every check that uses it.
func shared[T any](p *Probe, key string, make func(*Probe) (T, error)) (T, error) {
	p.session.mu.Lock()
	c := p.session.cells[key]
	if c == nil {
		c = &cell{err: errUnfinished}
		p.session.cells[key] = c
	}
	p.session.mu.Unlock()
	c.once.Do(func() {
		sub := &Probe{session: p.session}
		value, err := make(sub)
		c.value, c.err, c.exchanges = value, err, sub.exchanges
	})
	p.exchanges = append(p.exchanges, c.exchanges...)
	if c.err != nil {
		var zero T
		return zero, c.err
	}
	return c.value.(T), nil
}

// realClock is the machine's.
type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// maxText is how many characters a reason, or what was observed, may have.
const maxText = 500

// text is a finding's words as they may be written.
func (s *Session) text(o Outcome) Outcome {
	o.Reason, o.Observed = cut(s.scrub(o.Reason), maxText), cut(s.scrub(o.Observed), maxText)
	o.Expected = slices.Clone(o.Expected) // the check may give it again
	for i, e := range o.Expected {
		o.Expected[i] = cut(s.scrub(e), maxText)
	}
	if o.Verdict > results.Error {
		o = Outcome{Verdict: results.Error, Reason: "the check returned an unknown verdict"}
	}
	return o
}
