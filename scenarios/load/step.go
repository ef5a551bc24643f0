package load

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// requestTimeout is of one request; one that takes longer got no answer.
const requestTimeout = 30 * time.Second

// run performs one step: fresh tokens, so that every repetition starts with a cold
// cache; connections warmed with tokens of their own; the load; the verdict.
func (s *stale) run(ctx context.Context, step results.Step, site scenarios.Site) (results.StepResult, error) {
	out := results.StepResult{Step: step, Started: time.Now()}
	l, err := s.prepare(ctx, step, site)
	if err != nil {
		return unmeasured(out, err), nil
	}
	var before gauge
	l.Begin = func() { before = begin(ctx, site.Instance) }
	m, err := Drive(ctx, l)
	if err != nil {
		return unmeasured(out, err), nil
	}
	used, upstream := end(context.WithoutCancel(ctx), site.Instance).since(before)
	out.Elapsed = results.Duration(time.Since(out.Started))
	out.Series = m.series()
	out.Series.Usage, out.Series.Upstream = used, upstream
	out.Verdict, out.Reason, out.Warnings = Judge(m, l.Schedule)
	if ctx.Err() != nil {
		// What wasn't sent was cut off: no other rate would have helped.
		out.Warnings = slices.DeleteFunc(out.Warnings, func(w results.Warning) bool { return w.Code == "rate-not-held" })
	}
	return out, nil
}

// unmeasured is the result of a step that the servers didn't let begin: it says
// nothing about their speed, and so is inconclusive.
func unmeasured(out results.StepResult, err error) results.StepResult {
	out.Verdict, out.Reason = results.Inconclusive, "not measured: "+err.Error()
	out.Warnings = []results.Warning{{Code: "not-measured", Text: out.Reason}}
	return out
}

// prepare gets all that the step sends, before its clock starts.
func (s *stale) prepare(ctx context.Context, step results.Step, site scenarios.Site) (Load, error) {
	l := Load{
		URL:     site.Instance.Verifier + "/" + step.Strategy + "/resource",
		Workers: step.Workers,
		Timeout: requestTimeout,
	}
	var err error
	if l.Schedule, err = NewSchedule(step.Arrivals, step.Rate, time.Duration(step.Duration), site.Seed); err != nil {
		return l, err
	}
	tokens, err := Obtain(ctx, site.Instance, site.Instance.ClientsFor(step.Form, false), step.Form, step.Tokens+warmConnections)
	if err != nil {
		return l, err
	}
	for i, t := range tokens {
		if err := outlives(t, time.Now(), time.Duration(step.Duration)); err != nil {
			return l, err
		}
		if i < warmConnections {
			l.Warm = append(l.Warm, good(t))
			continue
		}
		l.Requests = append(l.Requests, good(t))
		if i%4 == 0 {
			l.Requests = append(l.Requests, spoiled(t))
		}
	}
	old, err := s.expired(ctx, site.Instance, step.Form)
	if err != nil {
		return l, err
	}
	for _, t := range old {
		l.Requests = append(l.Requests, expired(t))
	}
	n := l.Schedule.Planned()
	if !l.Schedule.Open() {
		n = 1 << 14 // then it begins again
	}
	l.Order = Shuffle(l.Requests, n, badShare, site.Seed)
	l.Progress = func(answers int64) {
		site.Progress(float64(answers)/float64(n), fmt.Sprintf("%d answers", answers))
	}
	return l, nil
}

// outlives refuses a token that expires before the step is over: it would rightly be
// refused then, and be counted as wrongly refused.
func outlives(t Token, now time.Time, d time.Duration) error {
	if left := t.Expires.Sub(now); !t.Expires.IsZero() && left < overrun(d) {
		return fmt.Errorf("the tokens of client %s live for %v more, the step takes %v: lower --duration, or let the server issue tokens that live longer",
			t.ClientID, left.Round(time.Second), d)
	}
	return nil
}

// series is the record's form of a measurement.
func (m Measurement) series() *results.Series {
	s := &results.Series{
		Planned: m.Planned, Sent: m.Sent, Verdicts: m.Verdicts,
		Response: results.EncodeHistogram(m.Response),
		Service:  results.EncodeHistogram(m.Service),
		Lateness: results.EncodeHistogram(m.Lateness),
		BytesIn:  m.BytesIn, BytesOut: m.BytesOut,
	}
	if m.LastAnswer > 0 {
		s.Throughput = float64(m.Sent-m.Verdicts.TransportError) / m.LastAnswer.Seconds()
	}
	return s
}
