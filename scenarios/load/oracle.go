package load

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// oracle judges every answer as it comes. A status is not enough: a resource server
// that mixes up two tokens answers 200 to both. It is used by one goroutine.
type oracle struct {
	truth *timeline
	right [][]byte // by request: the last body found right, so that the like is judged by comparison
	kinds *kinds
	judgements
	said Answer // by the answer that was judged last
}

func newOracle(truth *timeline, kinds *kinds) *oracle {
	return &oracle{truth: truth, right: make([][]byte, len(truth.requests)), kinds: kinds}
}

// judge counts the answer to a request, and returns what would have been right. A
// status of 0 means that there was none, and failure then says why.
func (o *oracle) judge(index int, sent, answered time.Time, status int, body []byte, failure string) Answer {
	r := &o.truth.requests[index]
	right := o.truth.right(index, sent, answered)
	v, what := o.verdict(index, right, o.truth.excuses(sent, answered), status, body, failure)
	if what != "" && r.Outcome != "" {
		what = r.Outcome + ": " + what
	}
	o.add(v, what)
	if k := o.kinds.of(index); k != nil {
		k.add(v, what)
	}
	return right
}

// verdict says what an answer is worth and, where it isn't right, what a person should
// know of it.
func (o *oracle) verdict(index int, right Answer, excusable bool, status int, body []byte, failure string) (v verdict, what string) {
	r := &o.truth.requests[index]
	said, why := Unjudged, ""
	defer func() { o.said = said }()
	switch {
	case status == 0:
		return transportError, "no answer: " + failure
	case status == http.StatusOK && o.right[index] != nil && bytes.Equal(o.right[index], body):
		said = Allow
	default:
		said, why = r.Read(status, body)
	}
	switch {
	case said == Unjudged && cannotSay(status) && excusable:
		return excused, ""
	case said == Unjudged:
		return transportError, because(fmt.Sprintf("%s was answered with %d", r.About, status), why)
	case said == Allow && why != "":
		return wrongAllow, why
	case right == Either:
		return eitherWay, ""
	case said == Deny && right == Deny:
		return rightDeny, ""
	case said == Deny:
		return wrongDeny, because(fmt.Sprintf("%s was refused with %d", r.About, status), why)
	case right == Deny:
		return wrongAllow, r.About + " was let in"
	}
	if status == http.StatusOK && !r.Afresh {
		o.right[index] = body
	}
	return rightAllow, ""
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
