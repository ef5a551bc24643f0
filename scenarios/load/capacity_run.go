package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// Run implements [scenarios.Workload].
func (w capacity) Run(ctx context.Context, step results.Step, site scenarios.Site) (_ results.StepResult, failed error) {
	out := results.StepResult{Step: step, Started: time.Now()}
	c, level, err := w.of(step)
	if err != nil {
		return out, err
	}
	traffic, err := w.traffic(ctx, c, step, site)
	if err != nil {
		return unmeasured(out, err), nil
	}
	if traffic.End != nil {
		defer func() { failed = errors.Join(failed, endWithin(ctx, traffic.End)) }()
	}
	s := &searching{traffic: traffic, inst: site.Instance, step: step, site: site, level: level}
	if traffic.Instance != nil {
		s.inst = traffic.Instance
	}
	began, budget := time.Now(), patienceOf(step)
	result, err := search(ctx, s.try, mostRate, func() bool { return time.Since(began) < budget })
	if ctx.Err() == nil && err != nil {
		return unmeasured(out, err), nil
	}
	out.Elapsed = results.Duration(time.Since(out.Started))
	s.conclude(&out, result)
	if traffic.Caveats != nil {
		out.Warnings = append(out.Warnings, traffic.Caveats()...)
	}
	return out, nil
}

// mostRate is the highest rate that is tried: beyond it a schedule is no longer small.
const mostRate = 200_000

// patienceOf is for how long a search goes on that the machine or the server holds up. What
// it has by then it says, and how sure that is.
func patienceOf(step results.Step) time.Duration { return time.Duration(step.Takes) * 5 / 4 }

// longestSearch is for how long the tokens of a search have to live.
const longestSearch = results.Duration(60 * time.Second)

// traffic is the same as of a load of that kind. Caches are warm after the first trial, as
// they are in a server that has been running for a while.
func (w capacity) traffic(ctx context.Context, c capable, step results.Step, site scenarios.Site) (Traffic, error) {
	load := *step.Load
	load.Duration, load.Rate = longestSearch, firstRate
	step.Load = &load
	if c.strategy.Name == "" {
		return c.issuance.traffic(ctx, step, site)
	}
	return w.resource(c).presented(ctx, step, site)
}

// Prepare implements [scenarios.Preparer].
func (w capacity) Prepare(ctx context.Context, inst *targets.Instance, steps []results.Step) error {
	for i, step := range steps {
		if step.Axis("grant").Value != "" {
			continue
		}
		c, _, err := w.of(step)
		if err == nil {
			err = w.resource(c).Prepare(ctx, inst, steps[i:i+1])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Finish implements [scenarios.Finisher].
func (w capacity) Finish(ctx context.Context) error { return w.kept.end(ctx) }

// resource is the load of which the capacity is looked for.
func (w capacity) resource(c capable) *resource {
	return &resource{shared: w.shared, strategy: c.strategy}
}

// searching is a search under way.
type searching struct {
	traffic Traffic
	inst    *targets.Instance
	step    results.Step
	site    scenarios.Site
	level   scenarios.Level

	attempts []attempt
	unusual  []string // what else happened on the machine in the last confirmation
}

// attempt is a trial with what was measured in it. A series is kept of a confirmation.
type attempt struct {
	trial
	measured Measurement
	series   *results.Series
}

// of finds the attempt of a trial, the last one of its rate.
func (s *searching) of(t *trial) attempt {
	for _, a := range slices.Backward(s.attempts) {
		if a.rate == t.rate && a.long == t.long {
			return a
		}
	}
	return attempt{trial: *t}
}

const (
	probeAnswers   = 100              // in a short trial, at least
	confirmAnswers = 400              // in a longer one: of fewer, no 99th percentile is known
	longestTrial   = 10 * time.Second // however low the rate is
)

// try sends the traffic at the rate.
func (s *searching) try(ctx context.Context, rate float64, long bool) (trial, error) {
	d, answers := time.Duration(probing(s.step.Load.Duration)), float64(probeAnswers)
	if long {
		d, answers = time.Duration(s.step.Load.Duration), confirmAnswers
	}
	d = min(max(d, time.Duration(answers/rate*float64(time.Second))), longestTrial)
	seed := s.site.Seed + uint64(len(s.attempts)+1)<<32
	schedule, err := NewSchedule(s.step.Load.Arrivals, rate, d, seed)
	if err != nil {
		return trial{}, err
	}
	l := Load{Traffic: s.traffic, Schedule: schedule, Workers: s.inFlight(rate), Timeout: max(5*time.Second, 20*s.level.Within)}
	l.Order = Shuffle(l.Requests, schedule.arrivals(), badShare, seed)
	var before gauge
	l.Begin = func() { before = begin(ctx, s.inst) }
	m, err := Drive(ctx, l)
	if err != nil {
		return trial{}, err
	}
	after := end(context.WithoutCancel(ctx), s.inst)
	used, counted := after.since(before)
	m.Usage, m.UsedInPart, m.Costly = used, after.unknown || before.unknown, s.traffic.Costly
	t := judgeTrial(m, rate, s.level, long)
	a := attempt{trial: t, measured: m}
	if long {
		a.series = m.series()
		if a.series.Rate, a.series.Usage = rate, used; s.step.Axis("grant").Value == "" {
			a.series.Counters = counted
		}
		s.unusual = after.disturbances(before, used)
	}
	s.attempts = append(s.attempts, a)
	s.site.Progress(min(0.95, float64(len(s.attempts))/16), fmt.Sprintf("%s/s: %s", figure(rate), t.say(s.level)))
	return t, ctx.Err()
}

// inFlight is how many requests may be in flight. Of a server that keeps the level, no more
// are than come within the bound, four times over; where more are, the level is missed, and
// they needn't all wait.
func (s *searching) inFlight(rate float64) int {
	most, _ := MostInFlight()
	if s.step.Load.Workers > 0 {
		most = min(most, s.step.Load.Workers)
	}
	return min(most, 64+int(math.Ceil(4*rate*s.level.Within.Seconds())))
}

// Loads implements [scenarios.Loader].
func (capacity) Loads() {}
