package load

import (
	"errors"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// Limits of the generator's health. Beyond them the generator, not the server,
// decided what was measured, and the step is inconclusive.
const (
	// maxOwnLateness bounds the 99th percentile of the lateness of requests that
	// found a free worker, and so left late by the generator's fault alone.
	maxOwnLateness = 10 * time.Millisecond
	// warnOwnLateness is where it begins to show in a fast server's figures.
	warnOwnLateness = 2 * time.Millisecond
	// maxOverrun is how long after the step's planned end the last request may
	// leave, as a share of the step; a stall inside the step must have drained by then.
	maxOverrun = 0.05
)

// Judge says whether a measurement answers the question that was asked, and which
// caveats travel with its figures. One that was cut short says nothing about the rate.
func Judge(m Measurement, s Schedule, cut bool) (results.Verdict, string, []results.Warning) {
	var warnings []results.Warning
	conclude := func(v results.Verdict, code, text string) (results.Verdict, string, []results.Warning) {
		return v, text, append(warnings, results.Warning{Code: code, Text: text})
	}
	v := m.Verdicts
	own := time.Duration(m.OwnLateness.ValueAtQuantile(99))
	if s.Open() && m.OwnLateness.TotalCount() > 0 && own > warnOwnLateness && own <= maxOwnLateness {
		warnings = append(warnings, results.Warning{Code: "generator-unsteady",
			Text: fmt.Sprintf("1 in 100 requests left %v late or later although a worker was free; latencies include it", own.Round(10*time.Microsecond))})
	}
	switch {
	case v.WrongAllow > 0:
		return conclude(results.Fail, "wrong-allow", fmt.Sprintf("%d of %d answers were wrong allows: %s", v.WrongAllow, v.Total(), v.First))
	case v.WrongDeny > 0:
		return conclude(results.Fail, "wrong-deny", fmt.Sprintf("%d of %d answers were wrong denies: %s", v.WrongDeny, v.Total(), v.First))
	case m.Sent == 0:
		return conclude(results.Inconclusive, "no-data", "no request was sent")
	case v.RightAllow == 0:
		return conclude(results.Inconclusive, "no-data", "no good token was let in, so there is no latency to speak of")
	case v.TransportError > 0:
		return conclude(results.Inconclusive, "unanswered", fmt.Sprintf("%d of %d requests got no judgement: %s", v.TransportError, v.Total(), v.First))
	case len(m.Events) > 0:
		return conclude(results.Inconclusive, "event-failed", "what the step was to do meanwhile failed: "+errors.Join(m.Events...).Error())
	case !s.Open() || cut:
		return results.Pass, "", warnings
	case m.Sent < m.Planned:
		return conclude(results.Inconclusive, "rate-not-held", fmt.Sprintf("%d of %d planned requests were never sent: lower --rate or raise --workers", m.Planned-m.Sent, m.Planned))
	case m.LastSent > overrun(s.duration):
		return conclude(results.Inconclusive, "rate-not-held", fmt.Sprintf("every worker was busy for so long that the last request left %v after its step of %v: lower --rate or raise --workers",
			(m.LastSent-s.duration).Round(time.Millisecond), s.duration))
	case own > maxOwnLateness:
		return conclude(results.Inconclusive, "generator-late", fmt.Sprintf("1 in 100 requests left %v late or later although a worker was free: the generator was the limit, not the server", own.Round(time.Millisecond)))
	}
	return results.Pass, "", warnings
}

// overrun is the latest time at which the last request of a step may leave. A
// short step gets the time that a busy machine needs to draw breath.
func overrun(d time.Duration) time.Duration {
	return d + max(time.Duration(float64(d)*maxOverrun), 100*time.Millisecond)
}
