package load

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// revocationScenarios are revocation/STRATEGY: good tokens are under load, some are revoked
// meanwhile (RFC 7009), and the resource server is asked about each of those all the time.
// They are of the strategies, and of the forms, of load/STRATEGY.
func revocationScenarios(of *shared) []scenarios.Scenario {
	var out []scenarios.Scenario
	for _, st := range strategies() {
		r := &revocation{basedOn(of, st)}
		name := "revocation/" + r.strategy.Name
		r.workload = workload{name: name, once: true, cells: r.cells, traffic: r.traffic}
		out = append(out, scenarios.Scenario{Name: name, Title: "tokens that are revoked under load: for how long they are let in by a server that " + r.strategy.Does,
			Items: st.items(name, st.loaded()), Workload: r})
	}
	return out
}

// revocation is what a step does to the tokens of a strategy.
type revocation struct{ based }

// cells take as long as it needs to see the end of each token.
func (r *revocation) cells(t targets.Target, o scenarios.Options) ([]cell, string) {
	cells, why := r.cellsOf("revocation", t, o)
	for i := range cells {
		c := &cells[i]
		least := r.terms(t, results.Step{Axes: c.axes}.Axis(axisRoute).Value).least()
		c.needs = append(c.needs, targets.Revocation)
		c.load = func(o *results.Offered) { o.Duration = max(o.Duration, results.Duration(least)) }
	}
	return cells, why
}

// traffic arranges the servers, gets the tokens and lays out the step.
func (r *revocation) traffic(ctx context.Context, step results.Step, site scenarios.Site) (out Traffic, err error) {
	form, x := r.issued(step), r.terms(site.Instance.Target, step.Axis(axisRoute).Value)
	s := revoking{duration: time.Duration(step.Load.Duration), from: revokeFrom, over: revokeFor, way: onItsWay, seed: site.Seed, now: time.Now,
		wait: func(ctx context.Context, until time.Time) { sleep(time.Until(until), ctx.Done()) }}
	inst, end, err := r.arrange(ctx, step, site, x.arrangement(r.strategy.Name, form, &s.declared, &s.bound))
	if err != nil {
		return Traffic{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, endWithin(ctx, end))
		}
	}()
	n, err := arrivals(step, site.Seed)
	if err != nil {
		return Traffic{}, err
	}
	clients, rate := inst.ClientsFor(form, false), float64(n)/s.duration.Seconds()
	if s.good, err = Obtain(ctx, inst, clients, form, step.Load.Tokens+warmConnections); err != nil {
		return Traffic{}, err
	}
	if x.end == verifier.EndExpiry && x.own {
		clients = slices.DeleteFunc(inst.ClientsFor(form, true), func(c targets.Client) bool { return c.ID != briefly })
		s.brief = true
	} else { // a longer step has more to see
		s.over += max(0, s.duration-x.least())
	}
	if s.marked, err = Obtain(ctx, inst, clients, form, marks(rate)); err != nil {
		return Traffic{}, err
	}
	s.url = inst.Verifier + "/" + r.strategy.Name + targets.PlainRoute
	s.revoke = revokeAt(inst)
	if out, err = s.traffic(n); err != nil {
		return Traffic{}, err
	}
	good := out.Requests[:len(out.Requests)-len(s.marked)]
	risk(good, x.route)
	if x.route == routeRisky { // where they are mixed, the tokens that are revoked stay on the other one
		risk(out.Requests[len(good):], x.route)
		risk(out.Warm, x.route)
	}
	out.Instance, out.End = inst, end
	return out, nil
}
