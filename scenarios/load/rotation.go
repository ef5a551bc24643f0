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
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// rotationScenarios are rotation/STRATEGY: the issuer begins to sign with a new key while
// the resource server is under load, and tokens of the old one are still good. They are of
// the strategies of load/STRATEGY that fetch the issuer's keys.
func rotationScenarios() []scenarios.Scenario {
	var out []scenarios.Scenario
	for _, s := range resourceScenarios() {
		name := strings.TrimPrefix(s.Name, "load/")
		st, _ := verifier.Describe(name)
		if !slices.ContainsFunc(st.Asks, func(member string) bool { return targets.Asked(member) == targets.JWKS }) {
			continue
		}
		r := rotation{strategy{st}}
		rotated := scenarios.Scenario{Name: "rotation/" + name, Title: "a new signing key under load, for a resource server that " + st.Does,
			Workload: workload{name: "rotation/" + name, once: true, cells: r.cells, traffic: r.traffic}}
		for _, item := range s.Items {
			if !strings.HasSuffix(item, "/"+targets.Opaque) {
				rotated.Items = append(rotated.Items, "rotation/"+strings.TrimPrefix(item, "load/"))
			}
		}
		out = append(out, rotated)
	}
	return out
}

// rotation is a new key for the tokens of a strategy.
type rotation struct{ strategy }

// cells have one form by default: which algorithm it is changes what signing costs the
// issuer, and nothing about the resource server.
func (r rotation) cells(t targets.Target, o scenarios.Options) ([]cell, string) {
	o.Items = itemsOf("rotation", o.Items)
	if o.Whole && len(o.Forms) == 0 {
		o.Forms = slices.DeleteFunc(fewest(r.usual(t)), func(form string) bool { return form == targets.Opaque })
	}
	cells, why := r.strategy.cells(t, o)
	for i := range cells {
		c := &cells[i]
		switch {
		case c.not != "":
		case c.axes[1].Value == targets.Opaque:
			c.not = "no key signs an opaque token"
		case !t.Reference():
			c.not = fmt.Sprintf("it isn't known how to have %s sign with a new key: only the reference issuer has a control for it", t.Name)
		}
		c.load = func(o *results.Offered) { o.Duration = max(o.Duration, results.Duration(2*beside)) }
	}
	return cells, why
}

const (
	beside  = 1250 * time.Millisecond // before the rotation, and after it
	turning = 10                      // tokens that are replaced by such of the new key
)

// traffic arranges the servers, and gets the tokens of the old key.
func (r rotation) traffic(ctx context.Context, step results.Step, site scenarios.Site) (out Traffic, err error) {
	form := step.Axis("form").Value
	inst, end, err := site.Instance.Arrange(ctx, targets.Arrangement{Control: true, Issuer: func(c *issuer.Config) {
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
		url: inst.Verifier + "/" + r.Name + "/resource", duration: time.Duration(step.Load.Duration), seed: site.Seed, now: time.Now,
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
