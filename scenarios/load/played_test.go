package load

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// played is a step in a time of its own, in which nothing takes longer than it should: each
// request and each event happens when it is due, and so the same comes out each time.
type played struct {
	epoch time.Time
	at    time.Time // of the event that is being done
}

func newPlayed() *played {
	epoch := time.Unix(1_700_000_000, 0)
	return &played{epoch, epoch}
}

func (p *played) now() time.Time { return p.at }

// takes is how long an answer takes, and the work of an event.
const takes = time.Millisecond

// run presents each request to the server, which answers 200 with the body, or otherwise
// another status, and judges as a step does. The events that fail are returned, too.
func (p *played) run(t *testing.T, traffic Traffic, rate float64, d time.Duration, serve func(at time.Time, token string) (status int)) (results.SampleVerdicts, []error) {
	t.Helper()
	schedule, err := NewSchedule(results.Constant, rate, d, 1)
	if err != nil {
		t.Fatal(err)
	}
	truth := newTimeline(traffic.Requests, traffic.Events)
	judge := newOracle(truth, nil)
	done, over := make([]time.Time, len(truth.events)), p.epoch
	var failed []error
	for i, due := range schedule.due {
		sent := p.epoch.Add(due)
		for k, e := range truth.events {
			if start := later(p.epoch.Add(e.At), over); done[k].IsZero() && !start.After(sent) {
				p.at, truth.begun[k] = start, start
				if err := e.Do(t.Context()); err != nil {
					failed = append(failed, err)
				}
				done[k] = later(p.at, start).Add(takes)
				over = done[k]
			}
			if !done[k].IsZero() && !done[k].After(sent) {
				truth.done[k] = done[k]
			}
		}
		index := int(traffic.Order[i%len(traffic.Order)])
		request := &traffic.Requests[index]
		status, body := serve(sent, strings.TrimPrefix(request.header().Get("Authorization"), "Bearer ")), ""
		if status == http.StatusOK {
			body = `{"client_id":"c","scope":"read"}`
		}
		judge.judge(index, sent, sent.Add(takes), status, []byte(body), "")
		traffic.Observe(Observed{index, sent, sent, sent.Add(takes), status, judge.said})
	}
	return judge.counts, failed
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
