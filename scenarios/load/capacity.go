package load

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// capacityScenario is capacity: the highest rate that keeps a service level, of a strategy
// with a form of token, and of the token endpoint. A few are the default; the others are
// had by name, such as capacity/local/RS256 or capacity/issue/client_credentials/ES256/bcrypt.
func capacityScenario(of *shared) []scenarios.Scenario {
	w := capacity{of}
	s := scenarios.Scenario{Name: "capacity", Title: "the highest rate at which --slo is kept and no answer is wrong, and what keeps it from more", Workload: w}
	for _, c := range w.all() {
		s.Items = append(s.Items, c.item())
	}
	return []scenarios.Scenario{s}
}

// capacity is the workload of the search.
type capacity struct{ *shared }

// capable is what has a capacity: a strategy with a form of token, or an issuance.
type capable struct {
	strategy strategy // empty for an issuance
	form     string
	way      results.Axis
	issuance issuance
}

// usualCapacities are the default: asking about each token, remembering, and not asking.
var usualCapacities = []string{"capacity/introspect/opaque", "capacity/introspect-cached/opaque", "capacity/local/ES256"}

func (w capacity) all() (all []capable) {
	for _, st := range strategies() {
		for _, form := range targets.Forms() {
			if !st.judges(form) {
				continue
			}
			for _, way := range st.stored().all {
				all = append(all, capable{strategy: st, form: form, way: way})
			}
		}
	}
	for _, i := range allIssuances() {
		if !i.once() { // a search asks again and again
			all = append(all, capable{form: i.form, issuance: i})
		}
	}
	return all
}

func (c capable) axes() []results.Axis {
	if c.strategy.Name == "" {
		return append([]results.Axis{{Name: "strategy", Value: "issue"}}, c.issuance.axes()...)
	}
	return c.strategy.axes(variety{c.form, c.way})
}

func (c capable) item() string { return c.id("capacity") }

func (c capable) id(prefix string) string {
	for _, a := range c.axes() {
		prefix += "/" + a.Value
	}
	return prefix
}

// usual says that it is looked for where nothing is named: the strategies of the default
// with the forms that are asked for, or else with their own.
func (c capable) usual(t targets.Target, forms []string) bool {
	if len(forms) == 0 {
		return slices.Contains(usualCapacities, c.item())
	}
	asked := slices.Contains(forms, c.form) || slices.Contains(forms, AllForms) && slices.Contains(t.Forms(), c.form)
	return asked && slices.ContainsFunc(usualCapacities, func(u string) bool {
		return c.strategy.Name != "" && strings.HasPrefix(u, "capacity/"+c.strategy.Name+"/")
	})
}

// not says why it doesn't apply to a target; empty where it does.
func (c capable) not(stores storeKinds, t targets.Target) string {
	needs, not := []targets.Capability{targets.ClientCredentials, targets.Issues(c.form)}, ""
	if c.strategy.Name != "" {
		judged := c.strategy.cell(stores, variety{c.form, c.way}, t)
		needs, not = judged.needs, judged.not
	} else {
		not = c.issuance.not(t)
	}
	if lack := t.Lacks(needs); lack != "" && not == "" {
		return fmt.Sprintf("target %s doesn't declare %s", t.Name, lack)
	}
	return not
}

// Plan implements [scenarios.Workload]: a step for each, which runs once.
func (w capacity) Plan(o scenarios.Options) (steps []results.Step, skipped []results.Skip) {
	level, err := scenarios.ParseLevel(o.Level)
	for _, t := range o.Targets {
		for _, c := range w.all() {
			if !slices.Contains(o.Items, c.item()) && !(o.Whole && c.usual(t, o.Forms)) {
				continue
			}
			why := c.not(w.stores, t)
			switch {
			case err != nil:
				why = err.Error()
			case o.Profile.Load.Closed():
				why = "a closed loop asks for no more than it is answered, so that it shows no capacity: use planned arrivals"
			}
			if why != "" {
				skipped = append(skipped, results.Skip{ID: c.item(), Target: t.Name, Kind: results.NotApplicable, Reason: why})
				continue
			}
			load := o.Profile.Load
			load.Rate, load.Duration = 0, confirmation(o.Profile.Load.Duration)
			steps = append(steps, results.Step{
				ID: c.item() + "@" + t.Name, Kind: results.KindLoad, Target: t.Name, Load: &load,
				Axes: append(c.axes(), results.Axis{Name: "level", Value: level.String()}),
				Does: fmt.Sprintf("looks for the highest rate that keeps %s, %s", level, load.Arrivals),
				// Doubling and halving take ten short trials or so, and what is found two or three
				// longer ones.
				Takes: 10*(probing(load.Duration)+results.Duration(stepOverhead)) + 3*load.Duration,
			})
		}
	}
	return steps, skipped
}

// confirmation is how long a rate is looked at that was found, and probing how long one is
// on the way there.
func confirmation(d results.Duration) results.Duration {
	return min(2*d, results.Duration(10*time.Second))
}
func probing(confirmation results.Duration) results.Duration {
	return max(results.Duration(500*time.Millisecond), min(confirmation/4, results.Duration(2*time.Second)))
}

// of finds what a step is about.
func (w capacity) of(step results.Step) (capable, scenarios.Level, error) {
	id, _, _ := strings.Cut(step.ID, "@")
	level, err := scenarios.ParseLevel(step.Axis("level").Value)
	for _, c := range w.all() {
		if c.item() == id {
			return c, level, err
		}
	}
	return capable{}, level, fmt.Errorf("no capacity is called %q", id)
}
