package load

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// perStrategy is a load scenario that does something to each strategy, and has one more
// axis: NAME/STRATEGY/FORM/VALUE.
type perStrategy struct {
	name   string
	title  string // of a resource server that "asks the issuer on every request"
	axis   string
	values []string
	usual  func(o scenarios.Options) []string // of the values, where nobody names one
	// not says why a cell applies to no target; empty where it may.
	not     func(o scenarios.Options) string
	load    func(*results.Offered) // may be nil
	once    bool
	traffic func(ctx context.Context, old *stale, step results.Step, site scenarios.Site) (Traffic, error)
}

// scenarios has one for each strategy that a target can have.
func (p perStrategy) scenarios(of *shared) []scenarios.Scenario {
	var out []scenarios.Scenario
	for _, st := range strategies() {
		w := workload{name: p.name + "/" + st.Name, once: p.once}
		w.cells = func(t targets.Target, o scenarios.Options) ([]cell, string) { return p.cells(of.stores, st, t, o) }
		w.traffic = func(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
			step, site, _, err := of.kept.at(ctx, st, step, site)
			if err != nil {
				return Traffic{}, err
			}
			return p.traffic(ctx, of.old, step, site)
		}
		s := scenarios.Scenario{Name: w.name, Title: p.title + st.Does, Workload: &resource{w, of, st}}
		for _, form := range targets.Forms() {
			for _, value := range p.values {
				if st.judges(form) {
					s.Items = append(s.Items, strings.Join([]string{w.name, form, value}, "/"))
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// cells has the cells that were named, and the usual ones of a scenario that was selected
// as such.
func (p perStrategy) cells(stores storeKinds, st strategy, t targets.Target, o scenarios.Options) (cells []cell, why string) {
	add := func(form, value string) {
		c := st.cell(stores, variety{form, st.stored().first(stores)}, t)
		c.load, c.axes = p.load, append(c.axes, results.Axis{Name: p.axis, Value: value})
		if p.not != nil && c.not == "" {
			c.not = p.not(o)
		}
		same := func(other cell) bool { return slices.Equal(other.axes, c.axes) }
		if !slices.ContainsFunc(cells, same) {
			cells = append(cells, c)
		}
	}
	if o.Whole {
		for _, form := range st.oneForm(t, o) {
			for _, value := range p.usual(o) {
				add(form, value)
			}
		}
	}
	for _, item := range o.Items {
		parts := strings.Split(item, "/")
		add(parts[len(parts)-2], parts[len(parts)-1])
	}
	return cells, fmt.Sprintf("target %s declares no form of token that %s can judge", t.Name, st.Name)
}

// oneForm is the form that stands for all where forms aren't what is measured, or those
// that were asked for.
func (st strategy) oneForm(t targets.Target, o scenarios.Options) []string {
	declared := slices.DeleteFunc(t.Forms(), func(f string) bool { return !st.judges(f) })
	if slices.Contains(o.Forms, AllForms) {
		return declared
	}
	if len(o.Forms) > 0 {
		return o.Forms
	}
	for _, form := range []string{targets.Opaque, "ES256"} {
		if slices.Contains(declared, form) {
			return []string{form}
		}
	}
	return declared[:min(1, len(declared))]
}

// apart arranges a resource server of the step's own that asks the issuer by way of a proxy.
func apart(ctx context.Context, site *scenarios.Site) (end func(context.Context) error, err error) {
	arranged, end, err := site.Instance.Arrange(ctx, targets.Arrangement{Between: true})
	if err != nil {
		return nil, err
	}
	site.Instance = arranged
	return end, nil
}
