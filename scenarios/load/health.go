package load

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// tolerances say by how much the generator may have changed a percentile. Beyond them
// the generator, not the server, decided what was measured, whatever held it up: a
// limit in milliseconds can't be right for a server of 2 ms and for one of 2 s.
var tolerances = []struct {
	name      string
	q, within float64
}{{"p50", 0.5, 0.02}, {"p99", 0.99, 0.05}, {"p99.9", 0.999, 0.10}}

// maxStood is the share of a closed step in which the generator may stand still. Each
// worker waits for its answer, so that what holds it up is taken off the throughput.
const maxStood = 0.02

// Judge says whether a measurement answers the question that was asked, and which
// caveats travel with its figures. Disturbed means that the generator was at fault, so
// that another try may do better. A measurement that was cut short says nothing about
// the rate.
func Judge(m Measurement, s Schedule, cut bool) (verdict results.Verdict, reason string, warnings []results.Warning, disturbed bool) {
	conclude := func(v results.Verdict, code, text string) (results.Verdict, string, []results.Warning, bool) {
		return v, text, []results.Warning{{Code: code, Text: text}}, code == "generator-late"
	}
	v := m.Verdicts
	switch {
	case v.WrongAllow > 0:
		return conclude(results.Fail, "wrong-allow", fmt.Sprintf("%d of %d answers were wrong allows: %s", v.WrongAllow, v.Total(), v.First))
	case v.WrongDeny > 0:
		return conclude(results.Fail, "wrong-deny", fmt.Sprintf("%d of %d answers were wrong denies: %s", v.WrongDeny, v.Total(), v.First))
	case m.Sent == 0:
		return conclude(results.Inconclusive, "no-data", "no request was sent")
	case m.behind(s) && !cut:
		return conclude(results.Inconclusive, "server-behind", m.shortfall(s)+"; the latencies are those of a queue that grows for as long as such a load lasts")
	case v.RightAllow == 0:
		return conclude(results.Inconclusive, "no-data", "no good token was let in, so there is no latency to speak of")
	case v.TransportError > 0:
		return conclude(results.Inconclusive, "unanswered", fmt.Sprintf("%d of %d requests got no judgement: %s", v.TransportError, v.Total(), v.First))
	case len(m.Events) > 0:
		return conclude(results.Inconclusive, "event-failed", "what the step was to do meanwhile failed: "+errors.Join(m.Events...).Error())
	case cut:
		return results.Pass, "", nil, false
	case !s.Open():
		if share := m.Stood.Seconds() / max(m.LastAnswer, s.duration).Seconds(); share > maxStood {
			return conclude(results.Inconclusive, "generator-late", fmt.Sprintf("the generator stood still for %.0f %% of the step, up to %v at once: %s",
				100*share, m.LongestStood.Round(time.Millisecond), busyAdvice))
		}
		return results.Pass, "", nil, false
	case m.MostInFlight >= m.Cap:
		return conclude(results.Inconclusive, "cap-reached", fmt.Sprintf("%d requests were in flight, as many as may be, so that others waited in a queue of the generator's: lower --rate, or raise --workers and the limits on descriptors and ports", m.Cap))
	case m.Sent < m.Planned:
		return conclude(results.Inconclusive, "rate-not-held", fmt.Sprintf("%d of %d planned requests were never sent: lower --rate", m.Planned-m.Sent, m.Planned))
	}
	if m.InUse > maxInUse {
		return conclude(results.Inconclusive, "machine-saturated", fmt.Sprintf("%.0f %% of the processors' time was in use, so that requests waited for the generator as well as for the server: lower --rate, or use a machine with more processors", 100*m.InUse))
	}
	for _, t := range tolerances {
		if !results.Resolves(m.Response.TotalCount(), t.q) {
			continue
		}
		with, without := float64(m.Response.ValueAtQuantile(100*t.q)), float64(m.Undelayed.ValueAtQuantile(100*t.q))
		if math.Abs(with-without) > t.within*without {
			return conclude(results.Inconclusive, "generator-late", fmt.Sprintf("%s is %v with what the generator added and %v without it, apart by more than %g %%: %s",
				t.name, round(with), round(without), 100*t.within, busyAdvice))
		}
	}
	return results.Pass, "", nil, false
}

const busyAdvice = "lower --rate, or use a machine where less else runs"

// round keeps three digits or so.
func round(ns float64) time.Duration {
	return time.Duration(ns).Round(time.Duration(math.Pow(10, math.Floor(math.Log10(max(ns, 1000)))-2)))
}
