package load

import (
	"context"
	"crypto/tls"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Traffic is what a workload sends in one step: requests of any kind, to any server
// of the target, and what is true of each while the load runs.
type Traffic struct {
	Requests []Request
	Order    []uint32 // which request each arrival sends, repeated when it ends
	Mix      Mix      // by which the order is drawn, where none is given
	// Warm is sent before the clock starts, over the connections that the step then
	// uses, and isn't measured.
	Warm []Request
	// Prime is sent after that, so that caches hold what they would if the load had been
	// going on for long. Nor is it measured.
	Prime  []Primed
	Events []Event
	// Caveats are what the reading of the answers couldn't tell; may be nil. It is called
	// after the load.
	Caveats func() []results.Warning
	// Doubt says why the step didn't see what it is for, and nothing where it did; may be nil.
	// It is called after the load.
	Doubt func() string
	// TLS is how https is spoken; the system's own trust when nil. Cold opens a connection
	// for each request.
	TLS  *tls.Config
	Cold bool
	// Observe is told of each answer as it is judged, by one goroutine; may be nil.
	Observe func(Observed)
	// Untimed says that what the step finds doesn't depend on its latencies: a generator that
	// was late, or a machine that was busy, is a caveat then, and no reason to doubt it.
	Untimed bool
	// Moments is the length of the moments that the timeline in the record has; 0 for none.
	Moments time.Duration
	// Lacks says what was asked for and can't be sent, each with its reason: a step with any
	// is inconclusive.
	Lacks []string
	// Figures makes of the measurement what the workload tells beside latency; may be nil.
	Figures func(Measurement) []results.Figure
	// Instance is what is loaded where the step arranged one of its own; nil for that of
	// the run. End stops it; may be nil. It is called when the step is over.
	Instance *targets.Instance
	End      func(context.Context) error
	// Costly says what is known of the issuer's work that is dear, for a step in which it
	// can't keep up: argon2id hashes each client secret. Empty where nothing is.
	Costly string
}

// Request is one request, and how its answer is judged.
type Request struct {
	Method string // GET when empty
	URL    string
	Header http.Header // may hold secrets
	Late   *Late       // a header that takes its place while the load runs; may be nil
	Body   string      // likewise
	About  string      // what it presents, for messages: a good token of client web
	Right  Answer      // that it must get; Allow or Deny
	Read   Reader
	// Afresh says that no answer may be like an earlier one, so that each is read, and none
	// is kept: a new token.
	Afresh bool
	// Outcome is the kind that it is of. What requests of each kind got is recorded apart;
	// empty for none.
	Outcome string
}

// Late is the header of a request that is known only while the load runs, such as a token
// that is issued then. A request that is sent before has its own.
type Late struct{ header atomic.Pointer[http.Header] }

// Set changes the header of what is sent from now on. Nobody may change it afterwards.
func (l *Late) Set(h http.Header) { l.header.Store(&h) }

// header is the one of a request that is sent now.
func (p *Request) header() http.Header {
	if p.Late != nil {
		if h := p.Late.header.Load(); h != nil {
			return *h
		}
	}
	return p.Header
}

// Observed is an answer as it came.
type Observed struct {
	Request             int       // its index
	Due, Sent, Answered time.Time // without a schedule, or sent early, it was due when it was sent
	Status              int       // 0 for no answer
	Said                Answer    // Allow, Deny, or Unjudged
}

// Reader reads what an answer says, by its status and its body. Of a request that was
// allowed, why says what the server took it for by mistake; of others, why it wasn't, where
// that is known.
type Reader func(status int, body []byte) (said Answer, why string)

// Answer is what a server says to a request, or what it must say.
type Answer uint8

const (
	Unjudged Answer = iota // neither let in nor refused: an outage, or no answer that can be read
	Allow
	Deny
	Either // while an event changes what is right, both are
)

// Event is done to the target while the load runs: a token is revoked, a key rotated,
// the issuer stopped.
type Event struct {
	Name    string        // for messages
	At      time.Duration // from the start of the schedule
	Do      func(context.Context) error
	Changes []int  // requests for which it changes what is right
	Then    Answer // to this
	// Within is for how long after the event either answer may still be right, such as
	// the staleness that a strategy declares.
	Within time.Duration
	// Outage begins a time in which a server that can't judge may say so: no judgement is as
	// right as the one that is. Over ends it, Within after this event.
	Outage, Over bool
}
