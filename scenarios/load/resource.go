package load

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// resourceScenarios are load/STRATEGY: a protected resource under load, its tokens
// judged by the strategy. The form of the tokens is an axis, and what else the strategy
// has a choice of: load/STRATEGY/FORM, or load/STRATEGY/FORM/STORE.
func resourceScenarios(of *shared) []scenarios.Scenario {
	var out []scenarios.Scenario
	for _, st := range strategies() {
		name := "load/" + st.Name
		r := &resource{strategy: st, shared: of}
		r.workload = workload{name: name, traffic: r.presented, cells: func(t targets.Target, o scenarios.Options) ([]cell, string) {
			cells, why := st.cellsOn(of.stores, st.loaded(), t, o)
			for i := range cells {
				cells[i].mixed = true
			}
			return cells, why
		}}
		s := scenarios.Scenario{Name: name, Title: "a protected resource under load, whose server " + st.Does, With: []string{floor}, Workload: r,
			Items: st.items(name, st.loaded())}
		out = append(out, s)
	}
	return out
}

// strategy is the way in which the reference verifier judges a token.
type strategy struct{ verifier.Description }

// strategies lists all strategies, in their order.
func strategies() (all []strategy) {
	for _, name := range verifier.Strategies() {
		d, _ := verifier.Describe(name)
		all = append(all, strategy{d})
	}
	return all
}

// shared is what the scenarios of strategies have in common: tokens that ripen from the
// start of the run, and servers that are kept until its end, where a strategy needs some of
// its own.
type shared struct {
	stores storeKinds
	old    *stale
	kept   *arrangements
}

func share(stores storeKinds) *shared {
	return &shared{stores, new(stale), &arrangements{servers: storeServers{kinds: stores}}}
}

// resource is a workload that is about a strategy.
type resource struct {
	workload
	*shared
	strategy strategy
}

// Prepare implements [scenarios.Preparer].
func (r *resource) Prepare(ctx context.Context, inst *targets.Instance, steps []results.Step) error {
	var errs []error
	for _, step := range steps {
		at, err := r.kept.ready(ctx, r.strategy, inst, step, steps)
		if err == nil {
			err = r.old.acquaint(ctx, at.Instance, r.strategy.issued(step.Axis("form").Value), at.Verifier+"/"+r.strategy.Name+targets.PlainRoute)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Finish implements [scenarios.Finisher].
func (r *resource) Finish(ctx context.Context) error { return r.kept.end(ctx) }

// presented is the traffic of the strategy: see [stale.presented].
func (r *resource) presented(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	step, site, known, err := r.kept.at(ctx, r.strategy, step, site)
	if err != nil {
		return Traffic{}, err
	}
	out, err := r.old.presented(ctx, step, site)
	if out.Instance == nil {
		out.Instance = site.Instance
	}
	more := out.Caveats
	out.Caveats = func() []results.Warning {
		if more == nil {
			return known
		}
		return append(more(), known...)
	}
	route := step.Axis(axisRoute).Value
	risk(out.Requests, route)
	risk(out.Warm, route)
	return out, err
}

// issued is a form of tokens in the issuer's words. A step names the algorithm of the JWT
// behind those that stand for one.
func (st strategy) issued(form string) string { return st.Form + form }

// needs are the capabilities of a target whose tokens of the form it can judge.
func (st strategy) needs(form string) []targets.Capability {
	needs := []targets.Capability{targets.ClientCredentials, targets.Issues(form)}
	for _, member := range st.Asks {
		need := targets.Asked(member)
		if need == targets.Introspection {
			need = targets.Introspects(form)
		}
		needs = append(needs, need)
	}
	return needs
}

// judges reports whether it can judge tokens of the form or, where they stand for a JWT,
// JWTs of the form.
func (st strategy) judges(form string) bool {
	signed := slices.Contains(verifier.Algorithms(), form)
	if st.Form != "" {
		return signed
	}
	return st.Opaque && form == targets.Opaque || st.SelfContained && signed
}

// class is the kind of the tokens that clients hold.
func (st strategy) class(form string) string {
	if st.Form != "" {
		return targets.Opaque
	}
	return targets.KindOf(form)
}

// cells has one for each form of token, and store, that is asked for or else that says
// something new about the strategy, on this machine.
func (st strategy) cells(t targets.Target, o scenarios.Options) (cells []cell, why string) {
	return st.cellsOn(machineStores(), st.stored(), t, o)
}

func (st strategy) cellsOn(stores storeKinds, c choice, t targets.Target, o scenarios.Options) (cells []cell, why string) {
	for _, v := range st.varieties(c, t, o) {
		cells = append(cells, st.cell(stores, v, t))
	}
	return cells, fmt.Sprintf("target %s declares no form of token that %s can judge", t.Name, st.Name)
}

func (st strategy) cell(stores storeKinds, v variety, t targets.Target) cell {
	return cell{axes: st.axes(v), needs: st.needs(v.form), does: waysDo[v.way.Name+" "+v.way.Value], not: st.not(stores, t, v)}
}

func (st strategy) axes(v variety) []results.Axis {
	axes := []results.Axis{{Name: "strategy", Value: st.Name}, {Name: "form", Value: v.form, Class: st.class(v.form)}}
	if v.way != (results.Axis{}) {
		axes = append(axes, v.way)
	}
	return axes
}

// not says why the strategy can't be had in that variety on a target, whatever that
// declares; empty where it can.
func (st strategy) not(stores storeKinds, t targets.Target, v variety) string {
	switch own := st.ownIssuer(); {
	case !st.judges(v.form):
		return fmt.Sprintf("%s can't judge tokens of the form %s", st.Name, v.form)
	case own != "" && !t.Reference():
		return fmt.Sprintf("%s needs an issuer that %s, and target %s isn't the reference issuer, of which one is started for that", st.Name, own, t.Name)
	case v.way.Name == axisStore:
		return stores.lack(v.way.Value)
	}
	return ""
}
