package load

import (
	"context"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// based is a workload of its own with the strategies, the forms and the servers of
// load/STRATEGY.
type based struct {
	workload
	strategy strategy
}

// loads are the scenarios that others are based on.
func loads() []scenarios.Scenario { return resourceScenarios() }

// basedOn is for another workload of the strategy of load/STRATEGY.
func basedOn(load scenarios.Scenario) based {
	d, _ := verifier.Describe(strings.TrimPrefix(load.Name, "load/"))
	return based{strategy: strategy{d}}
}

// arrange arranges servers of the step's own, with the route that it needs.
func (b *based) arrange(ctx context.Context, step results.Step, site scenarios.Site, a targets.Arrangement) (*targets.Instance, func(context.Context) error, error) {
	if change := a.Verifier; step.Axis(axisRoute).Value != "" {
		a.Verifier = func(c *verifier.Config) {
			c.Routes = []verifier.Route{{Path: pathPlain}, {Path: pathRisky, Risky: true}}
			if change != nil {
				change(c)
			}
		}
	}
	return site.Instance.Arrange(ctx, a)
}

// issued is the form of the tokens of a step, in the issuer's words.
func (b *based) issued(step results.Step) string { return step.Axis("form").Value }

// The routes of a strategy that takes more care on risky ones: requests with one token in
// ten go to such a route, or all.
const (
	axisRoute  = "route"
	routeMixed = "mixed"
	routeRisky = "risky"

	pathPlain = "/resource"
	pathRisky = "/risky"
)

// routes lists those that the strategy has a choice of.
func (b *based) routes() []string {
	if b.strategy.EndRisky == "" {
		return nil
	}
	return []string{routeMixed, routeRisky}
}

// cellsOf are those of load/STRATEGY for the items of the scenario, and by default few: with
// the opaque form and with one other, on each route.
func (b *based) cellsOf(scenario string, t targets.Target, o scenarios.Options) (out []cell, why string) {
	named := o.Items
	o.Items = nil
	for _, item := range named {
		if item = b.unrouted("load/" + strings.TrimPrefix(item, scenario+"/")); !slices.Contains(o.Items, item) {
			o.Items = append(o.Items, item)
		}
	}
	if o.Whole && len(o.Forms) == 0 {
		o.Forms = fewest(b.strategy.usual(t))
	}
	cells, why := b.strategy.cells(t, o)
	if b.routes() == nil {
		return cells, why
	}
	for _, c := range cells {
		for _, route := range b.routes() {
			on := c
			on.axes = append(slices.Clone(c.axes), results.Axis{Name: axisRoute, Value: route})
			form := results.Step{Axes: c.axes}.Axis("form").Value
			if o.Whole || slices.Contains(named, scenario+"/"+b.strategy.Name+"/"+form+"/"+route) {
				out = append(out, on)
			}
		}
	}
	return out, why
}

// unrouted is the name of an item without its route.
func (b *based) unrouted(item string) string {
	for _, route := range b.routes() {
		item = strings.TrimSuffix(item, "/"+route)
	}
	return item
}

// itemsFor are the items of load/STRATEGY by the names of another scenario's, on each route.
func (b *based) itemsFor(scenario string, items []string) (out []string) {
	for _, item := range items {
		item = b.unrouted(scenario + "/" + strings.TrimPrefix(item, "load/"))
		names := []string{item}
		if routes := b.routes(); routes != nil {
			names = nil
			for _, route := range routes {
				names = append(names, item+"/"+route)
			}
		}
		for _, name := range names {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
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
		case best == "" || form == "ES256":
			best = form
		}
	}
	if best != "" {
		out = append(out, best)
	}
	return out
}

// risk sends requests to the risky route: all, or where they are mixed those with every
// tenth good token.
func risk(requests []Request, route string) {
	good := 0
	for i := range requests {
		r := &requests[i]
		if r.Right == Allow {
			good++
		}
		if route == routeRisky || route == routeMixed && r.Right == Allow && good%10 == 1 {
			r.URL = strings.TrimSuffix(r.URL, pathPlain) + pathRisky
		}
	}
}
