package load

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// waves finds the expiries of one token's entry in the answers: while the issuer is asked
// again, all who present the token wait. It is told of them by one goroutine.
type waves struct {
	slow     time.Duration // an answer that takes as long has waited for the issuer
	ttl      time.Duration
	duration time.Duration
	seen     []Observed
}

func (w *waves) observe(o Observed) { w.seen = append(w.seen, o) }

// wave is one expiry.
type wave struct {
	from, to time.Time // from the first request that waited to the last answer to one
	waited   int       // requests
}

// find groups the requests that waited. The entry is good for nine tenths of the TTL at
// least after its answer, so that those within half of it are of one expiry.
func (w *waves) find() (out []wave) {
	slices.SortStableFunc(w.seen, func(a, b Observed) int { return a.Sent.Compare(b.Sent) })
	for _, o := range w.seen {
		if o.Answered.Sub(o.Sent) < w.slow {
			continue
		}
		if len(out) == 0 || o.Sent.Sub(out[len(out)-1].from) > w.ttl/2 {
			out = append(out, wave{from: o.Sent, to: o.Answered})
		}
		last := &out[len(out)-1]
		last.waited++
		if o.Answered.After(last.to) {
			last.to = o.Answered
		}
	}
	return out
}

// figures tells what an expiry costs: the issuer, and those who wait.
func (w *waves) figures(m Measurement) []results.Figure {
	found := w.find()
	// An entry lives for the TTL at most, and the first one was there before the clock.
	least := max(float64(w.duration/w.ttl)-1, 1)
	out := []results.Figure{{Name: "expiries seen", Value: float64(len(found)), Worse: results.WorseDown, Limit: &least}}
	if len(found) == 0 {
		return out
	}
	if calls, ok := countedOf(m, "introspections"); ok {
		one := 1.0
		out = append(out, results.Figure{Name: "issuer calls per expiry", Value: float64(calls) / float64(len(found)), Worse: results.WorseUp, Limit: &one})
	}
	most := slices.MaxFunc(found, func(a, b wave) int { return cmp.Compare(a.waited, b.waited) }).waited
	out = append(out, results.Figure{Name: "most requests that waited for one expiry", Value: float64(most), Worse: results.WorseUp})
	var around, between []time.Duration
	for _, o := range w.seen {
		within := slices.ContainsFunc(found, func(f wave) bool { return !o.Sent.Before(f.from) && o.Sent.Before(f.to) })
		if took := o.Answered.Sub(o.Due); within {
			around = append(around, took)
		} else {
			between = append(between, took)
		}
	}
	return append(append(out, p99("p99 around an expiry", around)...), p99("p99 between expiries", between)...)
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

func countedOf(m Measurement, name string) (int64, bool) {
	return (&results.Series{Counters: m.Counters}).Counter(name)
}

// questionTakes is how long the issuer takes to answer about a token at the least.
func questionTakes(ctx context.Context, inst *targets.Instance) (least time.Duration, err error) {
	client := targets.NewHTTPClient(requestTimeout, 1)
	defer client.CloseIdleConnections()
	for range 3 {
		req, err := inst.Introspector.Post(ctx, inst.Endpoints[targets.IntrospectionEndpoint], url.Values{"token": {"nobody-issued-this"}})
		if err != nil {
			return 0, err
		}
		from := time.Now()
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody))
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("the issuer answered %d to a question about a token", resp.StatusCode)
		}
		if took := time.Since(from); least == 0 || took < least {
			least = took
		}
	}
	return least, nil
}
