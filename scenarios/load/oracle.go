package load

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// oracle judges every answer as it comes. A status is not enough: a resource server
// that mixes up two tokens answers 200 to both. It is used by one goroutine.
type oracle struct {
	truth  *timeline
	right  [][]byte // by request: the last body found right, so that the like is judged by comparison
	counts results.SampleVerdicts
	said   Answer // by the answer that was judged last
}

func newOracle(truth *timeline) *oracle {
	return &oracle{truth: truth, right: make([][]byte, len(truth.requests))}
}

// judge counts the answer to a request, and returns what would have been right. A
// status of 0 means that there was none, and failure then says why.
func (o *oracle) judge(index int, sent, answered time.Time, status int, body []byte, failure string) Answer {
	r := &o.truth.requests[index]
	right := o.truth.right(index, sent, answered)
	said, why := Unjudged, ""
	defer func() { o.said = said }()
	switch {
	case status == 0:
		o.count(&o.counts.TransportError, "no answer: "+failure)
		return right
	case status == http.StatusOK && o.right[index] != nil && bytes.Equal(o.right[index], body):
		said = Allow
	default:
		said, why = r.Read(status, body)
	}
	switch {
	case said == Unjudged && cannotSay(status) && o.truth.excuses(sent, answered):
		o.counts.Excused++
	case said == Unjudged:
		o.count(&o.counts.TransportError, because(fmt.Sprintf("%s was answered with %d", r.About, status), why))
	case said == Allow && why != "":
		o.count(&o.counts.WrongAllow, why)
	case right == Either:
		o.counts.Either++
	case said == Deny && right == Deny:
		o.counts.RightDeny++
	case said == Deny:
		o.count(&o.counts.WrongDeny, because(fmt.Sprintf("%s was refused with %d", r.About, status), why))
	case right == Deny:
		o.count(&o.counts.WrongAllow, r.About+" was let in")
	default:
		if o.counts.RightAllow++; status == http.StatusOK && !r.Afresh {
			o.right[index] = body
		}
	}
	return right
}

// cannotSay reports whether a status says that a server can't judge for now, as one does
// that can't ask (RFC 9110, sections 15.6.3 to 15.6.5). Another one is a fault of its own.
func cannotSay(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// because adds a reason, where there is one.
func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

// count counts a sample that isn't right and keeps the first for a person to see.
func (o *oracle) count(counter *int64, what string) {
	*counter++
	if o.counts.First == "" {
		o.counts.First = what
	}
}
