package load

import (
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// variety is what is varied of a strategy.
type variety struct {
	form string
	way  results.Axis // what the strategy has a choice of beside; the zero value for nothing
}

// name is the variety's below that of its scenario.
func (v variety) name(scenario string) string {
	if v.way.Value == "" {
		return scenario + "/" + v.form
	}
	return scenario + "/" + v.form + "/" + v.way.Value
}

// The axes beside the form.
const (
	axisStore = "store" // what tokens, or answers, are kept in
	axisRoute = "route" // where requests go
)

// The classes of stores: one that is in the servers' own processes, and one that is a
// server itself.
const (
	storeFile   = "file"
	storeServer = "server"
)

// The routes: all requests go to one that is declared risky, or those with one token in
// ten.
const (
	routeMixed = "mixed"
	routeRisky = "risky"
)

// choice is what a strategy has a choice of beside the form: all of it, and what is usual
// where nobody names any. One zero value stands for nothing.
type choice struct{ all, usual []results.Axis }

// stored is the choice of stores, which a strategy has whatever is done to it.
func (st strategy) stored() choice {
	redis := results.Axis{Name: axisStore, Value: issuer.StoreRedis, Class: storeServer}
	all := []results.Axis{{}}
	switch st.Name {
	case verifier.SharedDB:
		all = []results.Axis{
			{Name: axisStore, Value: issuer.StoreSQLite, Class: storeFile},
			{Name: axisStore, Value: issuer.StorePostgres, Class: storeServer}, redis,
		}
	case verifier.SharedCache:
		all = []results.Axis{redis}
	}
	return choice{all, all}
}

// loaded is the choice of load/STRATEGY. With all requests on a risky route, hybrid is
// introspect and a signature, so that the mixture is the usual one.
func (st strategy) loaded() choice {
	if st.Name == verifier.Hybrid {
		all := []results.Axis{{Name: axisRoute, Value: routeMixed}, {Name: axisRoute, Value: routeRisky}}
		return choice{all, all[:1]}
	}
	return st.stored()
}

// first is the one of the usual stores that this machine has what it takes for, or else
// the first.
func (c choice) first(stores storeKinds) results.Axis {
	i := slices.IndexFunc(c.usual, func(w results.Axis) bool { return w.Name != axisStore || stores.lack(w.Value) == "" })
	return c.usual[max(0, i)]
}

// items are the names of all varieties below that of a scenario.
func (st strategy) items(scenario string, c choice) (names []string) {
	for _, form := range targets.Forms() {
		if st.judges(form) {
			for _, way := range c.all {
				names = append(names, variety{form, way}.name(scenario))
			}
		}
	}
	return names
}

// waysDo says what a way means for the requests, where its name doesn't.
var waysDo = map[string]string{
	axisRoute + " " + routeMixed: "one token in ten on a risky route",
	axisRoute + " " + routeRisky: "all on a risky route",
}

// risk sends requests to the route that the resource server declares risky: where they are
// mixed, of each ten good tokens the first.
func risk(requests []Request, route string) {
	good := 0
	for i := range requests {
		r := &requests[i]
		if route == routeRisky || route == routeMixed && r.Right == Allow && good%10 == 0 {
			if plain, ok := strings.CutSuffix(r.URL, targets.PlainRoute); ok {
				r.URL = plain + targets.RiskyRoute
			}
		}
		if r.Right == Allow {
			good++
		}
	}
}

// varieties lists what is asked for, each once. The names of items are those below
// load/STRATEGY.
func (st strategy) varieties(c choice, t targets.Target, o scenarios.Options) (all []variety) {
	add := func(v variety) {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	for _, item := range o.Items {
		form, way, _ := strings.Cut(strings.TrimPrefix(item, "load/"+st.Name+"/"), "/")
		i := slices.IndexFunc(c.all, func(w results.Axis) bool { return w.Value == way })
		add(variety{form, c.all[max(0, i)]})
	}
	if !o.Whole {
		return all
	}
	for _, form := range st.forms(t, o) {
		for _, way := range c.usual {
			add(variety{form, way})
		}
	}
	place := func(v variety) int {
		return slices.Index(targets.Forms(), v.form)*len(c.all) + slices.Index(c.all, v.way)
	}
	slices.SortStableFunc(all, func(a, b variety) int { return place(a) - place(b) })
	return all
}

// forms are those of a strategy that is named as such.
func (st strategy) forms(t targets.Target, o scenarios.Options) []string {
	switch {
	case len(o.Forms) == 0:
		return st.usual(t)
	case slices.Contains(o.Forms, AllForms):
		return slices.DeleteFunc(t.Forms(), func(f string) bool { return !st.judges(f) })
	}
	return o.Forms
}

// AllForms stands, among the forms asked for, for all that the target declares.
const AllForms = "all"

// usual are the forms that most deployments choose among, of those that the target
// declares. Where the issuer is asked about each token, one self-contained form stands
// for all: what introspection costs hardly depends on the algorithm.
func (st strategy) usual(t targets.Target) []string {
	declared := t.Forms()
	opaque := func(f string) bool { return f == targets.Opaque }
	self := slices.DeleteFunc(slices.Clone(declared), opaque)
	if usual := slices.DeleteFunc(slices.Clone(self), func(f string) bool { return !targets.Usual(f) }); len(usual) > 0 {
		self = usual
	} else {
		self = self[:min(1, len(self))]
	}
	if !st.Opaque {
		return self
	}
	if i := slices.Index(self, "ES256"); i >= 0 {
		self = self[i:]
	}
	if self = self[:min(1, len(self))]; st.Form != "" { // the JWT is verified once, and remembered
		return self
	}
	out := slices.DeleteFunc(declared, func(f string) bool { return !opaque(f) })
	return append(out, self...)
}
