package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// Request is one kind of request of a step: the token that it presents and the
// answer that is right for it.
type Request struct {
	Authorization string // header value; a secret
	Allow         bool   // whether the token is good
	ClientID      string // that the resource server must have understood, when Allow
	Scope         string // likewise
	Why           string // of a bad token: spoiled, expired
}

// oracle judges every answer as it comes. A status is not enough: a resource
// server that mixes up two tokens answers 200 to both. It is used by one goroutine.
type oracle struct {
	requests []Request
	right    [][]byte // by request: the last body found right, so that the like is judged by comparison
	counts   results.SampleVerdicts
}

func newOracle(requests []Request) *oracle {
	return &oracle{requests: requests, right: make([][]byte, len(requests))}
}

// judge counts the answer to a request. A code of 0 means that there was none, and
// failure then says why.
func (o *oracle) judge(index int, code int, body []byte, failure string) {
	r := &o.requests[index]
	switch {
	case code == 0:
		o.count(&o.counts.TransportError, "no answer: "+failure)
	case code == http.StatusBadRequest || code == http.StatusUnauthorized || code == http.StatusForbidden:
		if r.Allow {
			o.count(&o.counts.WrongDeny, fmt.Sprintf("a good token of client %s was refused with %d", r.ClientID, code))
			return
		}
		o.counts.RightDeny++
	case code != http.StatusOK:
		// Neither let in nor refused: the resource server came to no judgement.
		o.count(&o.counts.TransportError, fmt.Sprintf("status %d", code))
	case !r.Allow:
		o.count(&o.counts.WrongAllow, fmt.Sprintf("a token that was %s was let in", r.Why))
	case o.right[index] != nil && bytes.Equal(o.right[index], body):
		o.counts.RightAllow++
	default:
		if wrong := o.misread(r, body); wrong != "" {
			o.count(&o.counts.WrongAllow, wrong)
			return
		}
		o.right[index] = body
		o.counts.RightAllow++
	}
}

// count counts a sample that isn't right and keeps the first for a person to see.
func (o *oracle) count(counter *int64, what string) {
	*counter++
	if o.counts.First == "" {
		o.counts.First = what
	}
}

// misread says what the resource server understood wrongly of a good token.
func (o *oracle) misread(r *Request, body []byte) string {
	var got struct {
		ClientID string `json:"client_id"`
		Scope    string `json:"scope"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return fmt.Sprintf("a good token was answered with 200 and no JSON object (%d bytes)", len(body))
	}
	if got.ClientID != r.ClientID {
		return fmt.Sprintf("a token of client %q was taken for one of %s", r.ClientID, o.shown(got.ClientID, func(r Request) string { return r.ClientID }))
	}
	if !sameScope(got.Scope, r.Scope) {
		return fmt.Sprintf("a token with scope %q was taken for one with %s", r.Scope, o.shown(got.Scope, func(r Request) string { return r.Scope }))
	}
	return ""
}

// shown quotes what a server said only where it is what another request has: a server
// may put a token or a secret anywhere, and this text goes into the record.
func (o *oracle) shown(said string, member func(Request) string) string {
	if said == "" || slices.ContainsFunc(o.requests, func(r Request) bool { return member(r) == said }) {
		return strconv.Quote(said)
	}
	return fmt.Sprintf("something else, %d characters long", len([]rune(said)))
}

// sameScope compares two scopes. RFC 6749, section 3.3: the order of the values
// doesn't matter.
func sameScope(a, b string) bool {
	if a == b {
		return true
	}
	x, y := strings.Split(a, " "), strings.Split(b, " ")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
