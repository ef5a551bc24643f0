package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// Cache is the name of the scenario that varies the cache.
const Cache = "cache"

// The times to live and the reuses that the scenario tries where nobody names any: from a
// cache that misses about every second time to one that hardly ever does, at the
// profiles' rate and population.
var (
	cacheTTLs   = []time.Duration{250 * time.Millisecond, time.Second, 4 * time.Second}
	cacheReuses = []float64{0, 1}
)

// cacheScenario is cache: opaque tokens whose introspection is remembered, by the time to
// live, how often tokens come again and how many there are, beside self-contained tokens
// that are verified each time, and once. A report finds where they cost the same.
func cacheScenario(of *shared) []scenarios.Scenario {
	return []scenarios.Scenario{{Name: Cache, Title: "a remembered introspection by time to live, reuse and population of tokens, beside self-contained tokens: where do they cost the same?",
		Workload: &resource{workload: workload{name: Cache, cells: cacheCells, usual: cacheUsual, traffic: func(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
			return cacheTraffic(ctx, of.old, step, site)
		}}, shared: of}}}
}

// cacheUsual tries two reuses, unless somebody said which.
func cacheUsual(o *scenarios.Options) {
	if len(o.Reuse) == 0 {
		o.Reuse = cacheReuses
	}
	if len(o.TTLs) == 0 {
		o.TTLs = cacheTTLs
	}
}

// cacheCells are the cache by its times to live, and what it is compared with. Opaque
// tokens stand for all that are introspected, and one algorithm for all that are verified
// unless somebody names more.
func cacheCells(t targets.Target, o scenarios.Options) (cells []cell, why string) {
	of := func(name, form, ttl string) {
		st, _ := verifier.Describe(name)
		c := cell{axes: []results.Axis{{Name: "strategy", Value: name}, {Name: "form", Value: form, Class: targets.KindOf(form)}}, needs: strategy{Description: st}.needs(form), arranged: true}
		if ttl != "" {
			c.axes = append(c.axes, results.Axis{Name: "ttl", Value: ttl})
		}
		cells = append(cells, c)
	}
	for _, form := range cacheForms(t, o) {
		if form == targets.Opaque {
			for _, ttl := range o.TTLs {
				of(verifier.IntrospectCached, form, ttl.String())
			}
			continue
		}
		of(verifier.LocalCached, form, "")
		of(verifier.Local, form, "")
	}
	return cells, fmt.Sprintf("target %s declares no form of token to compare", t.Name)
}

func cacheForms(t targets.Target, o scenarios.Options) []string {
	st, _ := verifier.Describe(verifier.IntrospectCached)
	o.Whole = true
	return strategy{Description: st}.forms(t, o) // usually opaque, and one that is self-contained
}

// cacheTraffic is that of a protected resource, whose server is the step's own.
func cacheTraffic(ctx context.Context, old *stale, step results.Step, site scenarios.Site) (Traffic, error) {
	arranged, end, err := site.Instance.Arrange(ctx, targets.Arrangement{Verifier: func(c *verifier.Config) {
		if ttl, err := time.ParseDuration(step.Axis("ttl").Value); err == nil {
			c.Cache.TTL = verifier.Duration(ttl)
		}
	}})
	if err != nil {
		return Traffic{}, err
	}
	site.Instance = arranged
	out, err := old.presented(ctx, step, site)
	out.Instance, out.End = arranged, end
	if err != nil {
		return Traffic{}, errors.Join(err, endWithin(ctx, end))
	}
	return out, nil
}
