package load

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
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
		revoked := scenarios.Scenario{Name: "revocation/" + name, Title: "tokens revoked under load: how long a resource server still lets them in that " + st.Does,
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
	o.Items = slices.Clone(o.Items)
	for i, item := range o.Items {
		o.Items[i] = "load/" + strings.TrimPrefix(item, "revocation/")
	}
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

// The routes of the resource server.
const (
	plainRoute = "resource"
	riskyRoute = "risky"
)

// What the servers of a step are configured with, so that it sees the end of each bound.
const (
	shortTTL      = time.Second // of caches
	shortInterval = time.Second // of the issuer's lists
	shortLife     = 3 * time.Second
)

// terms are the conditions under which a step revokes tokens.
type terms struct {
	end   verifier.End
	route string
	own   bool // the issuer is the step's own, and its intervals and lifetimes are ours to set
}

func (r revocation) terms(t targets.Target, route string) terms {
	x := terms{end: r.End, route: route}
	if route == riskyRoute {
		x.end = r.EndRisky
	}
	switch x.end {
	case verifier.EndDenylist, verifier.EndStatus, verifier.EndExpiry:
		x.own = t.Reference()
	}
	return x
}

// after is for how long after a revocation the token may be let in, as far as the step is
// to see it.
func (x terms) after() time.Duration {
	switch {
	case x.end == verifier.EndTTL:
		return shortTTL
	case x.end == verifier.EndEvent:
		return onItsWay
	case x.end == verifier.EndDenylist && x.own:
		return shortInterval + onItsWay
	case x.end == verifier.EndStatus && x.own:
		return shortInterval
	}
	return 0
}

// least is how long a step takes that sees the end of each token.
func (x terms) least() time.Duration {
	d := revokeFrom + revokeFor + x.after() + probedOn
	if x.end == verifier.EndExpiry && x.own {
		d = max(d, shortLife+probedOn)
	}
	return d
}

// briefly is the client whose tokens live for shortLife.
const briefly = "revoked-soon"

// arrangement is of a resource server of the step's own, and of an issuer where need be. It
// notes the bound under the run's configuration and then under that of the step.
func (x terms) arrangement(name, form string, declared, here *verifier.Staleness) targets.Arrangement {
	a := targets.Arrangement{Verifier: func(c *verifier.Config) {
		*declared, _ = c.Staleness(name, x.route == riskyRoute)
		if x.route != "" {
			c.Routes = []verifier.Route{{Path: "/" + plainRoute}, {Path: "/" + riskyRoute, Risky: true}}
		}
		if x.end == verifier.EndTTL {
			c.Cache.TTL = verifier.Duration(shortTTL)
		}
		*here, _ = c.Staleness(name, x.route == riskyRoute)
		if here.Stated && x.own {
			here.Bound, here.Stated = shortInterval, false
			declared.Bound, declared.Stated = issuer.DefaultListInterval*time.Second, false
		}
	}}
	if x.own {
		a.Issuer = func(c *issuer.Config) {
			c.ListInterval = int(shortInterval / time.Second)
			c.Clients = slices.DeleteFunc(c.Clients, func(c issuer.Client) bool { return string(c.Form) != form })
			if x.end == verifier.EndExpiry {
				c.Clients = append(c.Clients, issuer.Client{ID: briefly, Secret: config.Secret(rand.Text()), Form: token.Form(form),
					Scopes: []string{"read"}, Lifetime: int(shortLife / time.Second)})
			}
		}
	}
	return a
}

// traffic arranges the servers, gets the tokens and lays out the step.
func (r revocation) traffic(ctx context.Context, step results.Step, site scenarios.Site) (out Traffic, err error) {
	form, x := step.Axis("form").Value, r.terms(site.Instance.Target, step.Axis("route").Value)
	s := revoking{duration: time.Duration(step.Load.Duration), from: revokeFrom, over: revokeFor, way: onItsWay, seed: site.Seed}
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
