package load

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// revocationScenarios are revocation/STRATEGY: good tokens are under load, some are revoked
// meanwhile (RFC 7009), and the resource server is asked about each of those all the time.
// They are of the strategies, and of the forms, of load/STRATEGY.
func revocationScenarios() []scenarios.Scenario {
	var out []scenarios.Scenario
	for _, s := range resourceScenarios() {
		name := strings.TrimPrefix(s.Name, "load/")
		st, _ := verifier.Describe(name)
		r := revocation{strategy{st}}
		revoked := scenarios.Scenario{Name: "revocation/" + name, Title: "tokens that are revoked under load: for how long they are let in by a server that " + st.Does,
			Workload: workload{name: "revocation/" + name, once: true, cells: r.cells, traffic: r.traffic}}
		for _, item := range s.Items {
			revoked.Items = append(revoked.Items, "revocation/"+strings.TrimPrefix(item, "load/"))
		}
		out = append(out, revoked)
	}
	return out
}

// revocation is what a step does to the tokens of a strategy.
type revocation struct{ strategy }

// cells are those of load/STRATEGY, with one self-contained form by default, since it is the
// strategy that decides. A strategy that takes more care on risky routes has both.
func (r revocation) cells(t targets.Target, o scenarios.Options) (out []cell, why string) {
	o.Items = itemsOf("revocation", o.Items)
	if o.Whole && len(o.Forms) == 0 {
		o.Forms = fewest(r.usual(t))
	}
	cells, why := r.strategy.cells(t, o)
	routes := []string{""}
	if r.EndRisky != "" {
		routes = []string{plainRoute, riskyRoute}
	}
	for _, c := range cells {
		c.needs = append(c.needs, targets.Revocation)
		for _, route := range routes {
			on, least := c, r.terms(t, route).least()
			if route != "" {
				on.axes = append(slices.Clone(c.axes), results.Axis{Name: "route", Value: route})
			}
			on.load = func(o *results.Offered) { o.Duration = max(o.Duration, results.Duration(least)) }
			out = append(out, on)
		}
	}
	return out, why
}

// itemsOf are the items of a scenario by the names that those of load/STRATEGY have.
func itemsOf(scenario string, items []string) (out []string) {
	for _, item := range items {
		out = append(out, "load/"+strings.TrimPrefix(item, scenario+"/"))
	}
	return out
}

// fewest keeps the opaque form, and of the others that of ES256, or else the first.
func fewest(forms []string) (out []string) {
	best := ""
	for _, form := range forms {
		switch {
		case targets.KindOf(form) == targets.Opaque:
			out = append(out, form)
		case best == "" || strings.HasSuffix(form, "ES256") && !strings.HasSuffix(best, "ES256"):
			best = form
		}
	}
	if best != "" {
		out = append(out, best)
	}
	return out
}

// traffic arranges the servers, gets the tokens and lays out the step.
func (r revocation) traffic(ctx context.Context, step results.Step, site scenarios.Site) (out Traffic, err error) {
	form, x := step.Axis("form").Value, r.terms(site.Instance.Target, step.Axis("route").Value)
	s := revoking{duration: time.Duration(step.Load.Duration), from: revokeFrom, over: revokeFor, way: onItsWay, seed: site.Seed, now: time.Now,
		wait: func(ctx context.Context, until time.Time) { sleep(time.Until(until), ctx.Done()) }}
	inst, end, err := site.Instance.Arrange(ctx, x.arrangement(r.Name, form, &s.declared, &s.bound))
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
	s.url = inst.Verifier + "/" + r.Name + "/" + cmp.Or(x.route, plainRoute)
	s.revoke = revokeAt(inst)
	if out, err = s.traffic(n); err != nil {
		return Traffic{}, err
	}
	out.Instance, out.End = inst, end
	return out, nil
}
