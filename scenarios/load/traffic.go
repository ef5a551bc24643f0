package load

import (
	"context"
	"crypto/tls"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Traffic is what a workload sends in one step: requests of any kind, to any server
// of the target, and what is true of each while the load runs.
type Traffic struct {
	Requests []Request
	Order    []uint32 // which request each arrival sends, repeated when it ends
	// Warm is sent before the clock starts, over the connections that the step then
	// uses, and isn't measured.
	Warm   []Request
	Events []Event
	// Caveats are what the reading of the answers couldn't tell; may be nil. It is called
	// after the load.
	Caveats func() []results.Warning
	// Figures makes of the measurement what the workload tells beside latency; may be nil.
	Figures func(Measurement) []results.Figure
	// TLS is of requests to an https URL; nil for what this machine trusts.
	TLS *tls.Config
	// Cold opens a connection for each request, which pays for it.
	Cold bool
	// Instance is what is loaded where the step arranged one of its own; nil for that of
	// the run. End stops it; may be nil. It is called when the step is over.
	Instance *targets.Instance
	End      func(context.Context) error
}

// Request is one request, and how its answer is judged.
type Request struct {
	Method string // GET when empty
	URL    string
	Header http.Header // may hold secrets
	Body   string      // likewise
	About  string      // what it presents, for messages: a good token of client web
	Right  Answer      // that it must get; Allow or Deny
	Read   Reader
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
}
