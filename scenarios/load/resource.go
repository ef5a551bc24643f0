package load

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// resourceScenarios are load/STRATEGY: a protected resource under load, its tokens
// judged by the strategy. The form of the tokens is an axis, and selects as
// load/STRATEGY/FORM.
func resourceScenarios() []scenarios.Scenario {
	old := new(stale)
	var out []scenarios.Scenario
	for _, name := range verifier.Strategies() {
		st, _ := verifier.Describe(name)
		if st.Store != "" || st.Claim != "" || st.Form != "" {
			continue // no target has what it needs
		}
		name = "load/" + name
		w := resource{workload{name: name, cells: strategy{st}.cells, traffic: old.presented}, old}
		s := scenarios.Scenario{Name: name, Title: "a protected resource under load, whose server " + st.Does, With: []string{floor}, Workload: w}
		for _, form := range targets.Forms() {
			if (strategy{st}).judges(form) {
				s.Items = append(s.Items, name+"/"+form)
			}
		}
		out = append(out, s)
	}
	return out
}

// strategy is the way in which the reference verifier judges a token.
type strategy struct{ verifier.Description }

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

// resource is a workload whose expired tokens ripen from the start of the run.
type resource struct {
	workload
	old *stale
}

// Prepare implements [scenarios.Preparer].
func (r resource) Prepare(ctx context.Context, inst *targets.Instance, steps []results.Step) error {
	for _, step := range steps {
		url := inst.Verifier + "/" + step.Axis("strategy").Value + targets.PlainRoute
		if err := r.old.acquaint(ctx, inst, step.Axis("form").Value, url); err != nil {
			return err
		}
	}
	return nil
}

func (st strategy) judges(form string) bool {
	return st.Opaque || slices.Contains(verifier.Algorithms(), form)
}

// cells has one for each form of token that is asked for, or else that says something
// new about the strategy.
func (st strategy) cells(t targets.Target, o scenarios.Options) (cells []cell, why string) {
	for _, form := range st.forms(t, o) {
		c := cell{axes: []results.Axis{{Name: "strategy", Value: st.Name}, {Name: "form", Value: form, Class: targets.KindOf(form)}}, needs: st.needs(form), mixed: true}
		if !st.judges(form) {
			c.not = fmt.Sprintf("%s can't judge tokens of the form %s", st.Name, form)
		}
		cells = append(cells, c)
	}
	return cells, fmt.Sprintf("target %s declares no form of token that %s can judge", t.Name, st.Name)
}

func (st strategy) forms(t targets.Target, o scenarios.Options) []string {
	var named []string
	for _, item := range o.Items {
		named = append(named, strings.TrimPrefix(item, "load/"+st.Name+"/"))
	}
	if !o.Whole {
		return named
	}
	forms := o.Forms
	switch {
	case len(o.Forms) == 0:
		forms = st.usual(t)
	case slices.Contains(o.Forms, AllForms):
		forms = slices.DeleteFunc(t.Forms(), func(f string) bool { return !st.judges(f) })
	}
	forms = slices.Concat(forms, named)
	slices.SortStableFunc(forms, func(a, b string) int { return slices.Index(targets.Forms(), a) - slices.Index(targets.Forms(), b) })
	return slices.Compact(forms)
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
	out := slices.DeleteFunc(declared, func(f string) bool { return !opaque(f) })
	if i := slices.Index(self, "ES256"); i >= 0 {
		self = self[i:]
	}
	return append(out, self[:min(1, len(self))]...)
}
