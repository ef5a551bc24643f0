package load

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// What tells a server that can't keep up from one that is slow, or that stood still for a
// while.
const (
	keepsUp  = 0.9  // of the planned rate is answered by one that keeps up
	drains   = 0.95 // of the planned rate, at least, is the rate of answers once a stop is over
	grows    = 1.5  // times as long takes an answer in the second half of a growing queue
	fewTimes = 20   // answers, of fewer of which nothing can be said
)

// keepUp notes how many answers a second came, and whether a queue grew for as long as the
// load lasted. By the middle of the answers, their rate is the planned one for a server of
// whatever latency, and a single late answer doesn't change it.
func (m *Measurement) keepUp(s Schedule, waited []sample, ends []time.Duration) {
	n := len(ends)
	if n == 0 {
		return
	}
	ends = slices.Clone(ends)
	slices.Sort(ends)
	from, to := n/10, n*9/10
	m.Answered = float64(to+1) / max(ends[to], 1).Seconds()
	if n < fewTimes || !s.Open() {
		return
	}
	middle := float64(to-from) / max(ends[to]-ends[from], 1).Seconds()
	// Behind the end of the schedule only a queue is left. One that a stop left behind is
	// gone in no time, and one that grew goes as slowly as the server answers.
	after, _ := slices.BinarySearch(ends, s.duration)
	drained := float64(n-after) / max(ends[n-1]-s.duration, 1).Seconds()
	m.Queued = middle < keepsUp*s.rate() && after < n && drained < drains*s.rate() && grown(waited, s.duration)
}

// behind says that the server couldn't keep up. One that works on all requests at once
// answers them all late, and no queue is seen to grow: but the processors have no time
// left, and most of it is taken by the server, when the last request has long been sent.
// That alone counts where so many were in flight as may be, for then the queue is the
// generator's.
func (m Measurement) behind(s Schedule) bool {
	if !s.Open() || m.limited() {
		return false
	}
	_, cores, known := m.busiestServer()
	busy := known && m.InUse > maxInUse && cores > m.others()
	return m.Queued && m.MostInFlight < m.Cap || busy && m.Answered < keepsUp*s.rate()
}

// grown says that answers to the second half of the arrivals took much longer.
func grown(waited []sample, d time.Duration) bool {
	var halves [2][]time.Duration
	for _, at := range waited {
		half := 0
		if at.due >= d/2 {
			half = 1
		}
		halves[half] = append(halves[half], at.end-at.due)
	}
	if len(halves[0]) == 0 || len(halves[1]) == 0 {
		return false
	}
	for _, h := range halves {
		slices.Sort(h)
	}
	return float64(halves[1][len(halves[1])/2]) > grows*float64(halves[0][len(halves[0])/2])
}

// busiest is the component that used most of the processors, and how many of them; ok is
// false where the components don't tell.
func (m Measurement) busiest() (component string, cores float64, ok bool) {
	return busiestOf(m.cores())
}

// busiestServer leaves out the generator.
func (m Measurement) busiestServer() (component string, cores float64, ok bool) {
	return busiestOf(slices.DeleteFunc(m.cores(), func(u results.Usage) bool { return u.Component == generator }))
}

func busiestOf(used []results.Usage) (component string, cores float64, ok bool) {
	if len(used) == 0 {
		return "", 0, false
	}
	return used[0].Component, used[0].CPUSeconds, true
}

// limited says that the generator, not a server, decided how many requests were answered:
// no processor was left, and it used most of them. Where the machine doesn't tell, the last
// of it counts.
func (m Measurement) limited() bool {
	component, cores, ok := m.busiest()
	if !ok || component != generator || m.InUse > 0 && m.InUse <= maxInUse {
		return false
	}
	// Where a server doesn't tell, the generator is only the busiest of those that do.
	return !m.UsedInPart || cores > m.InUse*float64(runtime.NumCPU())/2
}

// generator is the component that sends the load.
const generator = "generator"

// shortfall says in figures that a server couldn't keep up, who was at work, and with what.
func (m Measurement) shortfall(s Schedule) string {
	text := fmt.Sprintf("answered %s/s of %s/s", figure(m.Answered), figure(s.rate()))
	if component, cores, ok := m.busiestServer(); ok && !m.UsedInPart {
		text += fmt.Sprintf(", %s at %.1f cores", component, cores)
		if m.Costly != "" && component == "issuer" {
			text += ": " + m.Costly
		}
		if others := m.others(); others > maxForeign {
			text += fmt.Sprintf("; other programs at %.1f", others)
		}
	}
	if lost := m.Verdicts.TransportError; lost > 0 {
		text += fmt.Sprintf("; %d of %d requests got no judgement: %s", lost, m.Verdicts.Total(), m.Verdicts.First)
	}
	return text
}

// figure writes a rate with three digits.
func figure(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
