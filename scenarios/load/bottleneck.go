package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// gauge reads what the components of an instance have used so far, so that a
// report can say which of them was the bottleneck.
type gauge struct {
	usage    []results.Usage
	unknown  bool // a component of the step doesn't tell what it used
	machine  machine
	counters map[string]int64 // of the resource server; nil where it tells none
}

// begin reads the gauge before a load, and end after it. This process is read last
// and then first, so that the gauge's own work isn't the generator's.
func begin(ctx context.Context, inst *targets.Instance) gauge {
	g := read(ctx, inst)
	g.own()
	g.machine = readMachine()
	return g
}

func end(ctx context.Context, inst *targets.Instance) gauge {
	own := gauge{machine: readMachine()}
	own.own()
	g := read(ctx, inst)
	g.machine = own.machine
	g.usage = append(g.usage, own.usage...)
	return g
}

func (g *gauge) own() {
	u, ok := ownUsage()
	if g.unknown = g.unknown || !ok; ok {
		g.usage = append(g.usage, u)
	}
}

func read(ctx context.Context, inst *targets.Instance) gauge {
	// A server that somebody else started is on this machine, and not ours to look into.
	g := gauge{unknown: inst.Provenance.Runtime == "external"}
	for _, s := range inst.Services {
		u, ok := s.Usage(ctx)
		if g.unknown = g.unknown || !ok; ok {
			u.Component = s.Name()
			g.usage = append(g.usage, u)
		}
	}
	g.counters, _ = counters(ctx, inst)
	return g
}

// since returns what was used between an earlier reading and this one.
func (g gauge) since(before gauge) ([]results.Usage, []results.Counter) {
	var used []results.Usage
	for _, u := range g.usage {
		for _, b := range before.usage {
			if b.Component == u.Component {
				u.CPUSeconds -= b.CPUSeconds
				used = append(used, u)
			}
		}
	}
	if g.counters == nil || before.counters == nil {
		return used, nil
	}
	var counted []results.Counter
	for _, c := range verifier.CounterTable() {
		if n, told := g.counters[c.Name]; told {
			counted = append(counted, results.Counter{Name: c.Name, Of: c.Of, PerToken: c.PerToken, Count: n - before.counters[c.Name]})
		}
	}
	return used, counted
}

// disturbances says what else happened on the machine since an earlier reading, beside
// what the step itself used.
func (g gauge) disturbances(before gauge, used []results.Usage) []string {
	own := 0.0
	for _, u := range used {
		own += u.CPUSeconds
	}
	if g.unknown || before.unknown {
		own = -1
	}
	return disturbances(before.machine, g.machine, own)
}

// counters asks the reference verifier what it has done.
func counters(ctx context.Context, inst *targets.Instance) (map[string]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, inst.Verifier+"/counters", nil)
	if err != nil {
		return nil, err
	}
	client := http.DefaultClient
	if inst.TLS != nil {
		client = inst.HTTPClient(5*time.Second, 1)
		defer client.CloseIdleConnections()
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("counters: %s", resp.Status)
	}
	var out map[string]int64
	return out, json.NewDecoder(resp.Body).Decode(&out)
}
