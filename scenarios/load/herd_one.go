package load

import (
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// popular watches one token's entry end, again and again, and those who present the token
// meanwhile. It is told of answers by one goroutine.
type popular struct {
	asked
	ttl      time.Duration
	duration time.Duration
	answers  []Observed
}

func (p *popular) event() Event { return p.asked.event(0, p.duration) }

func (p *popular) observe(o Observed) { p.answers = append(p.answers, o) }

// figures tells what an expiry costs: the issuer, and those who wait.
func (p *popular) figures(Measurement) []results.Figure {
	if len(p.seen) < 2 {
		return nil // and the event has failed
	}
	// An entry is good for nine tenths of the TTL at least, so that calls within half of it
	// are of one expiry; and for the TTL at most. The first was made before the clock started.
	found := p.waves(p.ttl / 2)
	least := max(float64(p.duration/p.ttl)-1, 1)
	out := []results.Figure{{Name: "expiries", Value: float64(len(found)), Worse: results.WorseDown, Limit: &least}}
	if len(found) == 0 {
		return out
	}
	one := 1.0
	out = append(out, results.Figure{Name: "issuer calls per expiry", Value: float64(p.all()) / float64(len(found)), Worse: results.WorseUp, Limit: &one})
	most, waited := 0, map[int]bool{}
	for _, f := range found {
		end := p.end(f)
		n := 0
		for i, o := range p.answers {
			if o.Answered.After(f.from) && o.Sent.Before(end) {
				waited[i] = true
				n++
			}
		}
		most = max(most, n)
	}
	var around, between []time.Duration
	for i, o := range p.answers {
		if took := o.Answered.Sub(o.Due); waited[i] {
			around = append(around, took)
		} else {
			between = append(between, took)
		}
	}
	out = append(out, results.Figure{Name: "most requests under way at an expiry", Value: float64(most), Worse: results.WorseUp})
	return append(append(out, p99("p99 around an expiry", around)...), p99("p99 between expiries", between)...)
}

// end is when the last of those had an answer that were under way when the calls were sent.
func (p *popular) end(f wave) time.Time {
	end := f.to
	for _, o := range p.answers {
		if o.Answered.After(f.from) && o.Sent.Before(f.to) && o.Answered.After(end) {
			end = o.Answered
		}
	}
	return end
}

// p99 is a figure where there are samples enough for one, and the longest otherwise.
func p99(name string, all []time.Duration) []results.Figure {
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	at := (len(all)*99 + 99) / 100
	if !results.Resolves(int64(len(all)), 0.99) {
		name, at = "longest"+name[len("p99"):], len(all)
	}
	return []results.Figure{{Name: name, Unit: "s", Value: all[at-1].Seconds(), Worse: results.WorseUp}}
}
