package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// rotationScenarios are rotation/STRATEGY: the issuer begins to sign with a new key while
// the resource server is under load, and tokens of the old one are still good. They are of
// the strategies of load/STRATEGY that fetch the issuer's keys.
func rotationScenarios(of *shared) []scenarios.Scenario {
	var out []scenarios.Scenario
	for _, st := range strategies() {
		r := &rotation{basedOn(of, st)}
		if !slices.ContainsFunc(r.strategy.Asks, func(member string) bool { return targets.Asked(member) == targets.JWKS }) {
			continue
		}
		name := "rotation/" + r.strategy.Name
		r.workload = workload{name: name, once: true, cells: r.cells, traffic: r.traffic}
		signed := slices.DeleteFunc(st.items(name, st.loaded()), func(item string) bool { return strings.HasPrefix(item, name+"/"+targets.Opaque) })
		out = append(out, scenarios.Scenario{Name: name, Title: "a new signing key under load, for a resource server that " + r.strategy.Does, Items: signed, Workload: r})
	}
	return out
}

// rotation is a new key for the tokens of a strategy.
type rotation struct{ based }

// cells have one form by default: which algorithm it is changes what signing costs the
// issuer, and nothing about the resource server.
func (r *rotation) cells(t targets.Target, o scenarios.Options) ([]cell, string) {
	asked := o.Forms
	cells, why := r.cellsOf("rotation", t, o)
	cells = slices.DeleteFunc(cells, func(c cell) bool {
		axis := results.Step{Axes: c.axes}.Axis
		return len(asked) == 0 && axis("form").Value == targets.Opaque || axis(axisRoute).Value == routeRisky && o.Whole
	})
	for i := range cells {
		c := &cells[i]
		switch {
		case c.not != "":
		case c.axes[1].Value == targets.Opaque:
			c.not = "no key signs an opaque token"
		case !t.Reference():
			c.not = fmt.Sprintf("it isn't known how to have %s sign with a new key: only the reference issuer has a control for it", t.Name)
		}
		c.load = func(o *results.Offered) { o.Duration = max(o.Duration, results.Duration(2*oneKey)) }
	}
	return cells, why
}

const (
	oneKey  = 1250 * time.Millisecond // before the rotation, and after it
	turning = 10                      // tokens that are replaced by such of the new key
)

// traffic arranges the servers, and gets the tokens of the old key.
func (r *rotation) traffic(ctx context.Context, step results.Step, site scenarios.Site) (out Traffic, err error) {
	form := r.issued(step)
	inst, end, err := r.arrange(ctx, step, site, targets.Arrangement{Control: true, Issuer: func(c *issuer.Config) {
		c.Clients = slices.DeleteFunc(c.Clients, func(c issuer.Client) bool { return string(c.Form) != form })
	}})
	if err != nil {
		return Traffic{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, endWithin(ctx, end))
		}
	}()
	clients, s := inst.ClientsFor(form, false), &rotating{
		url: inst.Verifier + "/" + r.strategy.Name + targets.PlainRoute, duration: time.Duration(step.Load.Duration), seed: site.Seed, now: time.Now,
		rotate: rotateAt(inst.Control, string(token.Form(form).Algorithm())),
	}
	s.renew = func(ctx context.Context) ([]Token, error) { return Obtain(ctx, inst, clients, form, turning) }
	if s.good, err = Obtain(ctx, inst, clients, form, step.Load.Tokens+warmConnections); err != nil {
		return Traffic{}, err
	}
	if s.turning, err = s.renew(ctx); err != nil {
		return Traffic{}, err
	}
	n, err := arrivals(step, site.Seed)
	if err != nil {
		return Traffic{}, err
	}
	if out, err = s.traffic(n); err != nil {
		return Traffic{}, err
	}
	risk(out.Requests, step.Axis(axisRoute).Value)
	risk(out.Warm, step.Axis(axisRoute).Value)
	out.Instance, out.End = inst, end
	return out, nil
}

// rotateAt returns what has the reference issuer sign with a new key.
func rotateAt(control, algorithm string) func(context.Context) error {
	client := targets.NewHTTPClient(requestTimeout, 1)
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, control+"/rotate?"+url.Values{"alg": {algorithm}}.Encode(), nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return targets.Unanswered(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("the issuer answered %d", resp.StatusCode)
		}
		return nil
	}
}
