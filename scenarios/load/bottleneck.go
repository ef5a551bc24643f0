package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// gauge reads what the components of an instance have used so far, so that a
// report can say which of them was the bottleneck.
type gauge struct {
	usage    []results.Usage
	upstream *results.Upstream
}

// begin reads the gauge before a load, and end after it. This process is read last
// and then first, so that the gauge's own work isn't the generator's.
func begin(ctx context.Context, inst *targets.Instance) gauge {
	g := read(ctx, inst)
	g.own()
	return g
}

func end(ctx context.Context, inst *targets.Instance) gauge {
	var own gauge
	own.own()
	g := read(ctx, inst)
	g.usage = append(g.usage, own.usage...)
	return g
}

func (g *gauge) own() {
	if u, ok := ownUsage(); ok {
		g.usage = append(g.usage, u)
	}
}

func read(ctx context.Context, inst *targets.Instance) gauge {
	var g gauge
	for _, s := range inst.Services {
		if u, ok := s.Usage(ctx); ok {
			u.Component = s.Name()
			g.usage = append(g.usage, u)
		}
	}
	if u, err := counters(ctx, inst.Verifier); err == nil {
		g.upstream = &u
	}
	return g
}

// since returns what was used between an earlier reading and this one.
func (g gauge) since(before gauge) ([]results.Usage, *results.Upstream) {
	var used []results.Usage
	for _, u := range g.usage {
		for _, b := range before.usage {
			if b.Component == u.Component {
				u.CPUSeconds -= b.CPUSeconds
				used = append(used, u)
			}
		}
	}
	if g.upstream == nil || before.upstream == nil {
		return used, nil
	}
	a, b := g.upstream, before.upstream
	return used, &results.Upstream{
		Introspections: a.Introspections - b.Introspections,
		JWKSFetches:    a.JWKSFetches - b.JWKSFetches,
		CacheHits:      a.CacheHits - b.CacheHits,
		CacheMisses:    a.CacheMisses - b.CacheMisses,
		Coalesced:      a.Coalesced - b.Coalesced,
	}
}

// counters asks the reference verifier what it has asked of its issuer.
func counters(ctx context.Context, verifier string) (results.Upstream, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var u results.Upstream
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, verifier+"/counters", nil)
	if err != nil {
		return u, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return u, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return u, fmt.Errorf("counters: %s", resp.Status)
	}
	return u, json.NewDecoder(resp.Body).Decode(&u)
}
