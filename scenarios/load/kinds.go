package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// kinds keeps apart what the requests of each outcome got. It is used by one goroutine.
type kinds struct {
	all []*kind
	by  []*kind // by request; nil for one without an outcome
}

// kind is one outcome, and what its requests got.
type kind struct {
	name          string
	right         Answer
	planned, sent int64
	judgements
	response, service *hdrhistogram.Histogram
}

// newKinds counts how many of the planned arrivals are of each outcome. With closed
// arrivals that isn't planned.
func newKinds(t Traffic, planned int) *kinds {
	k := &kinds{by: make([]*kind, len(t.Requests))}
	named := map[string]*kind{}
	for i, r := range t.Requests {
		if r.Outcome == "" {
			continue
		}
		one := named[r.Outcome]
		if one == nil {
			one = &kind{name: r.Outcome, right: r.Right, response: results.NewHistogram(), service: results.NewHistogram()}
			named[r.Outcome] = one
			k.all = append(k.all, one)
		}
		k.by[i] = one
	}
	for n := range planned {
		if one := k.by[t.Order[n%len(t.Order)]]; one != nil {
			one.planned++
		}
	}
	return k
}

// of is the kind of a request; nil for one without an outcome.
func (k *kinds) of(index int) *kind {
	if k == nil {
		return nil
	}
	return k.by[index]
}

// took notes how long a request took, whatever was answered.
func (k *kinds) took(index int, response, service time.Duration) {
	if one := k.by[index]; one != nil {
		one.sent++
		results.Record(one.response, response)
		results.Record(one.service, service)
	}
}

// recorded is the record's form.
func (k *kinds) recorded() (out []results.Outcome) {
	if k == nil {
		return nil
	}
	for _, one := range k.all {
		right := "deny"
		if one.right == Allow {
			right = "allow"
		}
		out = append(out, results.Outcome{Name: one.name, Right: right, Planned: one.planned, Sent: one.sent, Verdicts: one.counts,
			Response: results.EncodeHistogram(one.response), Service: results.EncodeHistogram(one.service)})
	}
	return out
}
