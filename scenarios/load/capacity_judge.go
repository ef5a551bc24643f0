package load

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// judgeTrial says whether a measurement keeps the level. Whatever the generator added is in
// the figure that has to keep it, so that one which keeps it is good on any machine.
func judgeTrial(m Measurement, rate float64, level scenarios.Level, long bool) trial {
	t := trial{rate: rate, long: long, answered: m.Answered, at: quantileOf(m.Response, level.Quantile)}
	bound := level.Within.Seconds()
	decides := level.Quantile
	if !long {
		decides = lenient(level.Quantile, m.Response.TotalCount())
	}
	late := quantileOf(m.Response, decides) > bound
	v := m.Verdicts
	switch {
	case v.WrongAllow+v.WrongDeny > 0:
		t.outcome, t.wrong = missed, true
		t.why = fmt.Sprintf("%d of %d answers were wrong: %s", v.WrongAllow+v.WrongDeny, v.Total(), v.First)
	case v.TransportError > 0:
		t.outcome, t.why = missed, fmt.Sprintf("%d of %d requests got no judgement: %s", v.TransportError, v.Total(), v.First)
	case m.Sent < m.Planned || m.Response.TotalCount() == 0:
		t.outcome, t.why = missed, fmt.Sprintf("%d of %d requests were never sent", m.Planned-m.Sent, m.Planned)
	case late:
		t.outcome, t.why = missed, fmt.Sprintf("%s was %v", level.Name, round(t.at*1e9))
	}
	// Who held up the requests: the one that used the processors up, or that was seen to
	// stand between the answers and their reading.
	if t.outcome == missed && !t.wrong && (m.limited() || late && v.TransportError == 0 && quantileOf(m.Undelayed, decides) <= bound) {
		t.outcome = blocked
	}
	return t
}

// lenient is the quantile by which few samples are judged: it lets pass what may as well
// be chance.
func lenient(q float64, n int64) float64 {
	if n == 0 {
		return q
	}
	beyond := (1 - q) * float64(n)
	return max(0.5, 1-(beyond+2*math.Sqrt(beyond)+1)/float64(n))
}

func quantileOf(h *hdrhistogram.Histogram, q float64) float64 {
	return float64(h.ValueAtQuantile(100*q)) / 1e9
}

// bottleneck says in words what kept the server from more, by the processors that each
// component used while it wasn't held.
func (m Measurement) bottleneck(t trial) string {
	machine := float64(runtime.NumCPU())
	shares := "no component tells what it used"
	if used := m.cores(); len(used) > 0 {
		var said []string
		for _, u := range used {
			said = append(said, fmt.Sprintf("%s %.2f", u.Component, u.CPUSeconds))
		}
		shares = fmt.Sprintf("cores: %s of %g", strings.Join(said, ", "), machine)
	}
	component, cores, ok := m.busiestServer()
	why := ""
	if m.Costly != "" && component == "issuer" {
		why = ": " + m.Costly
	}
	switch others := m.others(); {
	case ok && m.InUse > maxInUse && others > cores:
		return fmt.Sprintf("other programs, which used %.1f of %g processors (%s)", others, machine, shares)
	case t.outcome == blocked:
		return "the generator (" + shares + ")"
	case !ok || m.UsedInPart:
		return "not known (" + shares + ")"
	case m.InUse > maxInUse:
		return fmt.Sprintf("the processors, of which the %s used most (%s)%s", component, shares, why)
	case cores > maxInUse:
		return fmt.Sprintf("the %s, with %.1f cores (%s)%s", component, cores, shares, why)
	}
	return fmt.Sprintf("no processor: the servers wait for each other, for a disk or for a lock (%s)", shares)
}

// others is how many processors other programs used, 0 where that isn't known.
func (m Measurement) others() float64 {
	used := m.cores()
	if len(used) == 0 || m.UsedInPart {
		return 0
	}
	others := m.InUse * float64(runtime.NumCPU())
	for _, u := range used {
		others -= u.CPUSeconds
	}
	return max(0, others)
}

// cores is how many processors each component used, the busiest first. Seconds stand for
// them.
func (m Measurement) cores() []results.Usage {
	if m.LastAnswer <= 0 {
		return nil
	}
	out := slices.Clone(m.Usage)
	for i := range out {
		out[i].CPUSeconds /= m.LastAnswer.Seconds()
	}
	slices.SortStableFunc(out, func(a, b results.Usage) int { return cmp.Compare(b.CPUSeconds, a.CPUSeconds) })
	return out
}
