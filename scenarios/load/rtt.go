package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets/between"
)

// rttScenarios are rtt/STRATEGY: a protected resource under load, whose way to the issuer
// is as long as the last axis says. All of them go by the proxy, that of 0 as well, so that
// its own share is the same in each; a figure of each step says how large that is.
func rttScenarios(of *shared) []scenarios.Scenario {
	values := []string{"0ms", "1ms", "5ms", "20ms"}
	return perStrategy{
		name: "rtt", title: "a protected resource under load, at several distances from the issuer, whose server ", axis: "rtt", values: values,
		usual: func(scenarios.Options) []string { return values },
		traffic: func(ctx context.Context, old *stale, step results.Step, site scenarios.Site) (Traffic, error) {
			delay, err := time.ParseDuration(step.Axis("rtt").Value)
			if err != nil {
				return Traffic{}, fmt.Errorf("rtt: %w", err)
			}
			end, err := apart(ctx, &site)
			if err != nil {
				return Traffic{}, err
			}
			out, err := distant(ctx, old, step, site, delay)
			if err != nil {
				return Traffic{}, errors.Join(err, endWithin(ctx, end))
			}
			out.End = end
			return out, nil
		},
	}.scenarios(of)
}

// distant is the traffic of a resource server at that distance from its issuer.
func distant(ctx context.Context, old *stale, step results.Step, site scenarios.Site, delay time.Duration) (Traffic, error) {
	inst := site.Instance
	own, err := probe(ctx, inst, 0)
	if err != nil {
		return Traffic{}, err
	}
	far := own
	if delay > 0 {
		if err := inst.Between.Set(ctx, between.Condition{Mode: between.Pass, Delay: delay}); err != nil {
			return Traffic{}, err
		}
		if far, err = probe(ctx, inst, delay); err != nil {
			return Traffic{}, err
		}
	}
	out, err := old.presented(ctx, step, site)
	out.Instance = inst
	out.Figures = func(Measurement) []results.Figure {
		figures := []results.Figure{own.figure("the proxy's own share of a round trip")}
		if delay > 0 {
			figures = append(figures, far.figure("added to a round trip, with the delay of "+delay.String()))
		}
		return figures
	}
	return out, err
}
