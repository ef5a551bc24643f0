package load

import (
	"context"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// based is a workload of its own with the strategies, the forms and the servers of
// load/STRATEGY.
type based struct{ resource }

func basedOn(of *shared, st strategy) based { return based{resource{shared: of, strategy: st}} }

// arrange arranges servers of the step's own, beside those that its strategy needs.
func (b *based) arrange(ctx context.Context, step results.Step, site scenarios.Site, a targets.Arrangement) (*targets.Instance, func(context.Context) error, error) {
	_, site, _, err := b.kept.at(ctx, b.strategy, step, site)
	if err != nil {
		return nil, nil, err
	}
	return site.Instance.Arrange(ctx, a)
}

// issued is the form of the tokens of a step, in the issuer's words.
func (b *based) issued(step results.Step) string {
	return b.strategy.issued(step.Axis("form").Value)
}

// cellsOf are those of load/STRATEGY for the items of the scenario, and by default few: with
// the opaque form and with one other, on each route, and with one store.
func (b *based) cellsOf(scenario string, t targets.Target, o scenarios.Options) (out []cell, why string) {
	items := o.Items
	o.Items = nil
	for _, item := range items {
		o.Items = append(o.Items, "load/"+strings.TrimPrefix(item, scenario+"/"))
	}
	if o.Whole && len(o.Forms) == 0 {
		o.Forms = fewest(b.strategy.usual(t))
	}
	c := b.strategy.loaded()
	if c.usual = c.all; c.all[0].Name == axisStore {
		c.usual = []results.Axis{c.first(b.stores)}
	}
	return b.strategy.cellsOn(b.stores, c, t, o)
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
