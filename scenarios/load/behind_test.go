package load

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// answering is how a server answers requests that are due at these times: when each ends,
// from the start of the schedule.
type answering func(due []time.Duration) (ends []time.Duration)

// inTurn is a server with one place, that takes so long for each.
func inTurn(each time.Duration) answering {
	return func(due []time.Duration) (ends []time.Duration) {
		free := time.Duration(0)
		for _, at := range due {
			free = max(free, at) + each
			ends = append(ends, free)
		}
		return ends
	}
}

// atOnce is a server that works on all requests at once, so that each is done late.
func atOnce(each time.Duration) answering {
	return func(due []time.Duration) (ends []time.Duration) {
		last := time.Duration(len(due)) * each
		for i := range due {
			ends = append(ends, last-last/8+time.Duration(i)*(last/8)/time.Duration(len(due)))
		}
		return ends
	}
}

// after is a server of any number of places that takes so long, and stands still meanwhile.
func after(latency time.Duration, still ...span) answering {
	return func(due []time.Duration) (ends []time.Duration) {
		for _, at := range due {
			for _, s := range still {
				if at > s.from && at < s.to {
					at = s.to
				}
			}
			ends = append(ends, at+latency)
		}
		return ends
	}
}

func measured(t *testing.T, answer answering, rate float64, d time.Duration) (m Measurement, s Schedule) {
	t.Helper()
	s, err := NewSchedule(results.Poisson, rate, d, 1)
	if err != nil {
		t.Fatal(err)
	}
	ends := answer(s.due)
	var waited []sample
	for i, end := range ends {
		waited = append(waited, sample{s.due[i], s.due[i], end})
		m.LastAnswer = max(m.LastAnswer, end)
	}
	m.Planned, m.Sent, m.Cap, m.MostInFlight = int64(len(ends)), int64(len(ends)), 100_000, 10
	m.Verdicts.RightAllow = m.Sent
	m.Response, m.Service, m.Undelayed = results.NewHistogram(), results.NewHistogram(), results.NewHistogram()
	m.tally(waited, nil)
	m.keepUp(s, waited, ends)
	return m, s
}

// A server that can't keep up is said so with its own figure, and who was at work with
// what; one that is slow, or that stood still for a while, isn't accused of it.
func TestBehind(t *testing.T) {
	t.Parallel()
	server := []results.Usage{{Component: "issuer", CPUSeconds: 14}, {Component: "generator", CPUSeconds: 1}}
	ours := []results.Usage{{Component: "issuer", CPUSeconds: 1}, {Component: "generator", CPUSeconds: 14}}
	for name, tt := range map[string]struct {
		answer answering
		rate   float64
		inUse  float64
		used   []results.Usage
		part   bool
		want   string // of the reason; empty where it keeps up
	}{
		"a queue":                          {inTurn(18 * ms), 400, 0, server, false, "answered 55.5/s of 3"},
		"a queue, of a component":          {inTurn(18 * ms), 400, 0, server, false, fmt.Sprintf("issuer at %.1f cores: argon2id", float64(runtime.NumCPU()))},
		"a queue, of nobody that tells":    {inTurn(18 * ms), 400, 0, nil, false, "answered 55.5/s of 3"},
		"a queue, of some that don't tell": {inTurn(18 * ms), 400, 0.5, []results.Usage{{Component: "generator", CPUSeconds: 0.1}}, true, "answered 55.5/s of 3"},
		"a little more than it can":        {inTurn(3 * ms), 400, 0, server, false, "answered 33"},
		"a queue of the generator's":       {inTurn(18 * ms), 400, 1, ours, false, ""},
		"all at once":                      {atOnce(35 * ms), 400, 0.99, server, false, "answered 2"},
		"all at once, beside others":       {atOnce(35 * ms), 400, 0.99, []results.Usage{{Component: "issuer", CPUSeconds: 0.1}}, false, ""},
		"all at once, machine at rest":     {atOnce(35 * ms), 400, 0.2, server, false, ""}, // it may just take so long
		"as fast as it can":                {inTurn(2 * ms), 400, 0.99, server, false, ""},
		"slow":                             {after(1500 * ms), 400, 0.2, server, false, ""},
		"slow, machine in use":             {after(20 * ms), 400, 0.99, server, false, ""},
		"a stop":                           {after(20*ms, span{500 * ms, 1200 * ms}), 400, 0.2, server, false, ""},
		"a stop at the end":                {after(20*ms, span{1300 * ms, 2100 * ms}), 400, 0.2, server, false, ""},
	} {
		m, s := measured(t, tt.answer, tt.rate, 2*time.Second)
		m.InUse, m.Usage, m.UsedInPart, m.Costly = tt.inUse, tt.used, tt.part, "argon2id hashes the client's secret"
		if m.LastAnswer > 0 { // as many processors as there are
			for i := range m.Usage {
				if m.Usage[i].CPUSeconds > 1 {
					m.Usage = append([]results.Usage(nil), m.Usage...)
					m.Usage[i].CPUSeconds = float64(runtime.NumCPU()) * m.LastAnswer.Seconds()
				}
			}
		}
		_, reason, warnings, disturbed := Judge(m, s, false)
		behind := len(warnings) > 0 && warnings[0].Code == "server-behind"
		if behind != (tt.want != "") || behind && (!strings.Contains(reason, tt.want) || disturbed) || strings.Contains(reason, "workers") {
			t.Errorf("%s: answered %.1f/s, queued %v: %q, want %q", name, m.Answered, m.Queued, reason, tt.want)
		}
	}
}

// What nobody answered is said, beside the figure.
func TestBehindWithLost(t *testing.T) {
	t.Parallel()
	m, s := measured(t, atOnce(35*ms), 400, time.Second)
	m.InUse, m.Verdicts.RightAllow = 1, 50
	m.Usage = []results.Usage{{Component: "issuer", CPUSeconds: float64(runtime.NumCPU()) * m.LastAnswer.Seconds()}}
	m.Verdicts.TransportError, m.Verdicts.First = m.Sent-50, "no answer: timeout"
	if _, reason, _, _ := Judge(m, s, false); !strings.Contains(reason, "requests got no judgement: no answer: timeout") {
		t.Errorf("reason %q", reason)
	}
}
