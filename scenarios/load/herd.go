package load

import (
	"context"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// What ends in a step of herd.
const (
	endsOne   = "one"   // the entry of one token that everybody presents
	endsBurst = "burst" // the entries of many tokens that came at once
)

const (
	oneTTL      = time.Second
	oneDuration = 4 * time.Second // some expiries
	oneRate     = 50              // at most: each request that isn't coalesced costs the issuer a hash of a secret

	burstTTL      = 2 * time.Second
	burstDuration = 3 * time.Second // the entries end once, and not twice
	burstRate     = 400             // at least: the tokens are presented so often that the end of each shows
)

// herdScenarios are herd/STRATEGY: what a resource server remembers ends while the load
// goes on, and everybody wants it anew.
func herdScenarios() (out []scenarios.Scenario) {
	for _, name := range remembering {
		st, _ := verifier.Describe(name)
		w := workload{name: "herd/" + name, traffic: herd}
		w.cells = func(t targets.Target, o scenarios.Options) ([]cell, string) {
			cells, why := rememberingCells(w, strategy{st}, t, o, "ends", []string{endsOne, endsBurst}, herdLoad)
			if len(cells) > 0 && cells[0].not == "" && !t.Reference() {
				cells[0].not = "an issuer must take its time for a herd to gather, and only the reference can be told to"
			}
			return cells, why
		}
		out = append(out, scenarios.Scenario{Name: w.name, Title: "what is remembered ends under load, of a resource server that " + st.Does,
			Items: itemsBelow(w.name, endsOne, endsBurst), Workload: w})
	}
	return out
}

func herdLoad(ends string, offered *results.Offered) {
	if ends == endsOne {
		offered.Rate, offered.Duration = min(offered.Rate, oneRate), max(offered.Duration, results.Duration(oneDuration))
		offered.Tokens = 1
		return
	}
	offered.Rate, offered.Duration = max(offered.Rate, burstRate), results.Duration(burstDuration)
	offered.Tokens = burstTokens(offered.Rate)
}

// burstTokens is how many tokens there are in a burst: so many that they come round within
// the time that spread expiries must take at least.
func burstTokens(rate float64) int { return int(rate * leastSpread.Seconds() / 2) }

func herd(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	ttl := burstTTL
	var a targets.Arrangement
	if step.Axis("ends").Value == endsOne {
		ttl = oneTTL
		// The issuer checks the resource server's secret at each question, as long as this takes.
		a.Issuer = func(c *issuer.Config) { c.SecretHash = issuer.Bcrypt }
	}
	a.Verifier = func(c *verifier.Config) { c.Cache.TTL = verifier.Duration(ttl) }
	inst, end, err := site.Instance.Arrange(ctx, a)
	if err != nil {
		return Traffic{}, err
	}
	out, err := herdOf(ctx, step, inst)
	out.Instance, out.End = inst, end
	out.Warm = []Request{unjudged(inst)}
	if err != nil {
		return out, fmt.Errorf("%w%s", err, ended(ctx, end))
	}
	return out, nil
}

// ended stops what a step arranged that can't begin, and says what went wrong in that.
func ended(ctx context.Context, end func(context.Context) error) string {
	if err := endWithin(ctx, end); err != nil {
		return "; " + err.Error()
	}
	return ""
}

func herdOf(ctx context.Context, step results.Step, inst *targets.Instance) (out Traffic, err error) {
	if step.Axis("ends").Value == endsBurst {
		b := &burst{asked{inst: inst, every: 5 * time.Millisecond}, step.Load.Tokens}
		if out.Requests, err = acquire(ctx, inst, step, b.n); err != nil {
			return out, err
		}
		for i := range out.Requests {
			out.Order = append(out.Order, uint32(i)) // each in its turn
		}
		out.Events, out.Figures, out.Untimed = []Event{b.event()}, b.figures, true
		return out, nil
	}
	if out.Requests, err = acquire(ctx, inst, step, 1); err != nil {
		return out, err
	}
	p := &popular{asked: asked{inst: inst, every: 10 * time.Millisecond}, ttl: oneTTL, duration: time.Duration(step.Load.Duration)}
	out.Order, out.Observe, out.Figures, out.Events = []uint32{0}, p.observe, p.figures, []Event{p.event()}
	return out, nil
}
