package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// allFloods are how many made-up tokens come with each good one. Without any it is what
// the others are compared with.
var allFloods = []string{"0", "0.5", "1", "3"}

// floods leaves the most of them to those who ask for it, or have time.
func floods(o scenarios.Options) []string {
	if o.Profile.Large || !o.Whole {
		return allFloods
	}
	return allFloods[:3]
}

// floodScenarios are flood/STRATEGY: tokens that nobody issued, each another one, beside
// good ones that come at the same rate whatever comes with them.
func floodScenarios() (out []scenarios.Scenario) {
	for _, name := range remembering {
		st, _ := verifier.Describe(name)
		w := workload{name: "flood/" + name, traffic: flood}
		w.cells = func(t targets.Target, o scenarios.Options) ([]cell, string) {
			return rememberingCells(w, strategy{st}, t, o, "made-up", floods(o), floodLoad)
		}
		out = append(out, scenarios.Scenario{Name: w.name, Title: "made-up tokens beside good ones, at a resource server that " + st.Does,
			Items: itemsBelow(w.name, allFloods...), Workload: w})
	}
	return out
}

func floodLoad(beside string, offered *results.Offered) { offered.Rate *= 1 + ratioOf(beside) }

// ratioOf reads a value of the axis, which is one of ours.
func ratioOf(value string) float64 {
	n, _ := strconv.ParseFloat(value, 64)
	return n
}

const (
	// roomForTokens is how many tokens a flooded resource server may remember for each good
	// one: more than enough for those, and soon too little for the others.
	roomForTokens = 4
	// mostMadeUp is how many different tokens a flood has. None that comes again is still
	// remembered by then.
	mostMadeUp = 100_000
)

func flood(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	inst, end, err := site.Instance.Arrange(ctx, targets.Arrangement{Verifier: func(c *verifier.Config) {
		c.Cache.Entries = max(roomForTokens*step.Load.Tokens, 100)
	}})
	if err != nil {
		return Traffic{}, err
	}
	out, err := floodOf(ctx, step, inst, site.Seed)
	out.Instance, out.End = inst, end
	if err != nil {
		return out, fmt.Errorf("%w%s", err, ended(ctx, end))
	}
	return out, nil
}

func floodOf(ctx context.Context, step results.Step, inst *targets.Instance, seed uint64) (out Traffic, err error) {
	good, err := acquire(ctx, inst, step, step.Load.Tokens)
	if err != nil {
		return out, err
	}
	schedule, err := NewSchedule(step.Load.Arrivals, step.Load.Rate, time.Duration(step.Load.Duration), seed)
	if err != nil {
		return out, err
	}
	f := &flooded{good: len(good), a: &asked{inst: inst}}
	random := rand.New(rand.NewPCG(seed, 0xf100d))
	share := ratioOf(step.Axis("made-up").Value)
	share /= 1 + share
	like := Token{Value: strings.TrimPrefix(good[0].Header.Get("Authorization"), "Bearer ")}
	p := &presenting{inst: inst, shown: quotable(nil)}
	p.strategy, _ = verifier.Describe(step.Axis("strategy").Value)
	out.Requests, out.Warm = good, []Request{unjudged(inst)}
	for range schedule.Planned() {
		if random.Float64() >= share {
			out.Order = append(out.Order, uint32(random.IntN(len(good))))
			f.goods++
			continue
		}
		f.floods++
		if f.floods <= mostMadeUp {
			out.Requests = append(out.Requests, p.present(madeUp(like, random), Random, p.url(""), Deny))
		}
		out.Order = append(out.Order, uint32(len(good)+(f.floods-1)%mostMadeUp))
	}
	f.before = peakOf(ctx, inst.Services)
	out.Events, out.Figures = []Event{f.a.event(0, 0)}, f.figures
	return out, nil
}

// flooded is what a flood did to a resource server that remembered all good tokens before.
type flooded struct {
	good          int // distinct tokens
	goods, floods int // planned requests with a good token, and with a made-up one
	before        int64
	a             *asked
}

const (
	leastHits = 0.99     // of the good tokens' requests, all of which could be answered from memory
	mostAdded = 64 << 20 // bytes: what garbage takes between two collections, and the bounded memory itself
)

func (f *flooded) figures(m Measurement) (out []results.Figure) {
	hits, known := countedOf(m, "cache_hits")
	calls, told := countedOf(m, "introspections")
	if known && told && f.goods > 0 && m.Sent == m.Planned {
		least := leastHits
		out = append(out, results.Figure{Name: "hit ratio of good tokens", Value: float64(hits) / float64(f.goods), Worse: results.WorseDown, Limit: &least},
			results.Figure{Name: "issuer calls for 1,000 good requests", Value: 1000 * float64(calls) / float64(f.goods), Worse: results.WorseUp})
		if f.floods > 0 {
			out = append(out, results.Figure{Name: "issuer calls for each made-up token", Value: float64(calls) / float64(f.floods), Worse: results.WorseUp})
		}
	}
	i := slices.IndexFunc(m.Usage, func(u results.Usage) bool { return u.Component == "verifier" })
	if i >= 0 && f.before > 0 && m.Usage[i].PeakBytes > 0 {
		most := float64(mostAdded) / (1 << 20)
		out = append(out, results.Figure{Name: "memory that the load added", Unit: "MiB", Value: float64(m.Usage[i].PeakBytes-f.before) / (1 << 20), Worse: results.WorseUp, Limit: &most})
	}
	if n := m.Response.TotalCount(); results.Resolves(n, 0.99) {
		out = append(out, results.Figure{Name: "p99 of good tokens", Unit: "s", Value: time.Duration(m.Response.ValueAtQuantile(99)).Seconds(), Worse: results.WorseUp})
	}
	return out
}

// peakOf is the most memory that the resource server has taken so far; 0 where that isn't
// known.
func peakOf(ctx context.Context, services []targets.Running) int64 {
	for _, s := range services {
		if u, ok := s.Usage(ctx); ok && s.Name() == "verifier" {
			return u.PeakBytes
		}
	}
	return 0
}
