package load

import (
	"context"
	"errors"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets/between"
)

// outage is a way in which an issuer is unwell.
type outage struct {
	name string // the value of the axis
	mark string
	between.Condition
	cut   bool // it ends the connections that there are
	keeps bool // it takes requests that it doesn't answer, or not yet
	dead  bool // nobody gets an answer while it lasts; a slow issuer answers
}

var outages = []outage{
	{"frozen", "issuer frozen", between.Condition{Mode: between.Freeze}, false, true, true},
	{"down", "issuer down", between.Condition{Mode: between.Down}, true, false, true},
	{"slow", "issuer slow", between.Condition{Mode: between.Slow, Delay: 500 * time.Millisecond}, false, true, false},
	{"error", "issuer answers 500", between.Condition{Mode: between.Error}, false, false, true},
	{"reset", "issuer resets connections", between.Condition{Mode: between.Reset}, false, false, true},
}

// minOutageStep is how long a step takes at least. A shorter one has no time for what was
// before, what is meanwhile, and what is afterwards.
const minOutageStep = 5 * time.Second

// momentOf is the length of a moment in the timeline: short enough to see what happens.
const momentOf = 100 * time.Millisecond

// outageScenarios are outage/STRATEGY: a protected resource under load while its issuer is
// unwell, in one of the ways. It is well for a quarter of the step, unwell for more than a
// third, and well again.
func outageScenarios(of *shared) []scenarios.Scenario {
	var all []string
	for _, o := range outages {
		all = append(all, o.name)
	}
	return perStrategy{
		name: "outage", title: "an outage of the issuer under load, with a resource server that ", axis: "outage", values: all, once: true,
		usual: func(o scenarios.Options) []string {
			if o.Profile.Large {
				return all
			}
			return all[:2]
		},
		not: func(o scenarios.Options) string {
			if o.Profile.Load.Closed() {
				return "what is presented in an outage is planned, and closed arrivals are not: use --arrivals poisson or constant"
			}
			return ""
		},
		load: func(o *results.Offered) { o.Duration = max(o.Duration, results.Duration(minOutageStep)) },
		traffic: func(ctx context.Context, old *stale, step results.Step, site scenarios.Site) (Traffic, error) {
			end, err := apart(ctx, &site)
			if err != nil {
				return Traffic{}, err
			}
			out, err := unwell(ctx, old, step, site)
			if err != nil {
				return Traffic{}, errors.Join(err, endWithin(ctx, end))
			}
			out.End = end
			return out, nil
		},
	}.scenarios(of)
}

// outageAt is when an outage begins and ends in a step.
func outageAt(step results.Step) (from, to time.Duration) {
	d := time.Duration(step.Load.Duration)
	return d / 4, d * 6 / 10
}

// calm is how long after an outage the issuer may still not be asked: a resource server
// that tries again after a second or two is none that is broken.
func calm(step results.Step) time.Duration {
	_, to := outageAt(step)
	return time.Duration(step.Load.Duration) - to - 500*time.Millisecond
}

// unwell is the traffic of a resource server whose issuer is unwell for a while.
func unwell(ctx context.Context, old *stale, step results.Step, site scenarios.Site) (Traffic, error) {
	var kind outage
	for _, o := range outages {
		if o.name == step.Axis("outage").Value {
			kind = o
		}
	}
	schedule, err := NewSchedule(step.Load.Arrivals, step.Load.Rate, time.Duration(step.Load.Duration), site.Seed)
	if err != nil {
		return Traffic{}, err
	}
	from, to := outageAt(step)
	known, err := knownBy(schedule.due, from, step.Load.Tokens)
	if err != nil {
		return Traffic{}, err
	}
	out, parts, err := presentedInOutage(ctx, old, step, site, known)
	if err != nil {
		return Traffic{}, err
	}
	out.Order = parts.order(schedule.due, from, site.Seed)
	proxy := site.Instance.Between
	view := newOutageView(parts)
	out.Events = []Event{
		{Name: kind.mark, At: from, Outage: true, Do: func(ctx context.Context) error {
			err := proxy.Set(ctx, kind.Condition)
			view.broken = time.Now()
			return err
		}},
		{Name: "issuer well again", At: to, Over: true, Within: calm(step), Do: func(ctx context.Context) error {
			view.mending = time.Now()
			err := proxy.Set(ctx, between.Condition{Mode: between.Pass})
			view.mended = time.Now()
			return err
		}},
	}
	out.Instance, out.Moments, out.Untimed, out.Observe, out.Doubt = site.Instance, momentOf, true, view.observe, view.doubt
	out.Figures = func(Measurement) []results.Figure { return view.figures(step.Axis("strategy").Value, kind) }
	return out, nil
}

// outageParts are the kinds of tokens that an outage is met with: good ones that were
// presented before it, good ones that weren't, and bad ones of both kinds. Each is a list
// of requests.
type outageParts struct{ known, fresh, badKnown, badFresh []int }
