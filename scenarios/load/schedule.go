package load

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// Schedule is the list of the times, from the start of a step, at which its
// requests are due. It is fixed before the step, so it can't bend to the server.
type Schedule struct {
	due      []time.Duration // nil for closed arrivals
	duration time.Duration
}

// NewSchedule plans the arrivals of a step. The rate is in requests per second and
// is not used with closed arrivals.
func NewSchedule(law results.Arrivals, rate float64, d time.Duration, seed uint64) (Schedule, error) {
	s := Schedule{duration: d}
	if d <= 0 {
		return s, fmt.Errorf("schedule: duration %v must be above 0", d)
	}
	if law == results.Closed {
		return s, nil
	}
	if rate <= 0 {
		return s, fmt.Errorf("schedule: rate %g must be above 0", rate)
	}
	gap := float64(time.Second) / rate
	s.due = make([]time.Duration, 0, int(d.Seconds()*rate)+1)
	switch law {
	case results.Constant:
		for i := 0; ; i++ {
			// Multiplied, not summed: a sum drifts from the planned rate.
			at := time.Duration(float64(i) * gap)
			if at >= d {
				break
			}
			s.due = append(s.due, at)
		}
	case results.Poisson:
		random := rand.New(rand.NewPCG(seed, 0x5eed))
		for at := 0.0; ; {
			at += random.ExpFloat64() * gap
			if time.Duration(at) >= d {
				break
			}
			s.due = append(s.due, time.Duration(at))
		}
	default:
		return s, fmt.Errorf("schedule: unknown arrivals %q: use constant, poisson or closed", law)
	}
	if len(s.due) == 0 {
		return s, fmt.Errorf("schedule: no request falls into %v at %g/s: raise the rate or the duration", d, rate)
	}
	return s, nil
}

// Replay is the schedule of a trace.
func Replay(t *scenarios.Trace) Schedule { return Schedule{due: t.Due, duration: t.Lasts()} }

// scheduleOf plans the arrivals of a step with the load.
func scheduleOf(load results.Offered, site scenarios.Site) (Schedule, error) {
	if load.Arrivals != results.Replayed {
		return NewSchedule(load.Arrivals, load.Rate, time.Duration(load.Duration), site.Seed)
	}
	if site.Trace == nil {
		return Schedule{}, fmt.Errorf("schedule: the trace %s isn't there any more", load.Trace)
	}
	return Replay(site.Trace), nil
}

// Planned is the number of requests due, 0 with closed arrivals.
func (s Schedule) Planned() int { return len(s.due) }

// rate is the number of requests due a second, 0 with closed arrivals.
func (s Schedule) rate() float64 { return float64(s.Planned()) / s.duration.Seconds() }

// Open reports whether arrivals are planned, and don't wait for answers.
func (s Schedule) Open() bool { return s.due != nil }

// closedOrder is after how many requests closed arrivals begin their order again.
const closedOrder = 1 << 14

// arrivals is for how many arrivals an order is drawn.
func (s Schedule) arrivals() int {
	if !s.Open() {
		return closedOrder
	}
	return s.Planned()
}
