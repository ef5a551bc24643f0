package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// lifetimes of access tokens, by the names that they have in a step's.
var lifetimes = []struct {
	name string
	d    time.Duration
}{{"1m", time.Minute}, {"5m", 5 * time.Minute}, {"15m", 15 * time.Minute}, {"1h", time.Hour}}

// refreshScenario is refresh: the same number of sessions refresh their access tokens as
// often as these expire. A short lifetime bounds how long a revoked token is accepted by who
// asks nobody, and this is what it costs the issuer.
func refreshScenario() []scenarios.Scenario {
	s := scenarios.Scenario{Name: "refresh", Title: "sessions that refresh their tokens as often as these expire: what short lifetimes cost the issuer",
		Workload: workload{name: "refresh", cells: refreshCells, traffic: refresh}}
	for _, form := range targets.Forms() {
		for _, life := range lifetimes {
			s.Items = append(s.Items, "refresh/"+form+"/"+life.name)
		}
	}
	return []scenarios.Scenario{s}
}

// refreshCells have each lifetime for an opaque form and a self-contained one, or for the
// forms that are asked for.
func refreshCells(t targets.Target, o scenarios.Options) (out []cell, why string) {
	forms := o.Forms
	switch {
	case slices.Contains(forms, AllForms):
		forms = t.Forms()
	case len(forms) == 0:
		forms = fewest(t.Forms())
	}
	for _, form := range targets.Forms() {
		for _, life := range lifetimes {
			if !slices.Contains(o.Items, "refresh/"+form+"/"+life.name) && !(o.Whole && slices.Contains(forms, form)) {
				continue
			}
			c := cell{needs: []targets.Capability{targets.Refresh, targets.Issues(form)}, load: func(o *results.Offered) { offerRefreshes(o, life.d) },
				axes: []results.Axis{{Name: "form", Value: form, Class: targets.KindOf(form)}, {Name: "lifetime", Value: life.name}}}
			switch {
			case t.Lacks(c.needs) != "":
			case !t.Reference():
				c.not = fmt.Sprintf("it isn't known how a session of %s begins: only the reference issuer can be given users", t.Name)
			case o.Profile.Load.Closed():
				c.not = "a refresh token is good once, and closed arrivals don't say how many are needed"
			}
			out = append(out, c)
		}
	}
	return out, fmt.Sprintf("target %s declares no form of token", t.Name)
}

// sessions is how many there are, so that they make about the rate where tokens live for a
// minute, and a whole number of refreshes a second at each lifetime.
func sessions(rate float64) int { return 3600 * int(max(1, math.Round(rate/60))) }

// leastRefreshes is how many make a step, which takes longer where they are few.
const leastRefreshes = 64

// offerRefreshes makes of the rate the one at which the sessions refresh.
func offerRefreshes(o *results.Offered, life time.Duration) {
	o.Rate = float64(sessions(o.Rate)) / life.Seconds()
	o.Duration = max(o.Duration, results.Duration(math.Ceil(10*leastRefreshes/o.Rate))*results.Duration(100*time.Millisecond))
}

// The user whose sessions they are, and their client.
const (
	sessionUser   = "refresh-user"
	sessionClient = "refresh-session"
)

// refresh arranges an issuer with a session for each arrival.
func refresh(ctx context.Context, step results.Step, site scenarios.Site) (out Traffic, err error) {
	form, password := step.Axis("form").Value, rand.Text()
	s := refreshing{rate: step.Load.Rate}
	for _, life := range lifetimes {
		if life.name == step.Axis("lifetime").Value {
			s.life = life.d
		}
	}
	site.Instance.Secrets.Add(password)
	inst, end, err := site.Instance.Arrange(ctx, targets.Arrangement{Issuer: func(c *issuer.Config) {
		c.PasswordGrant, c.Users = true, []issuer.User{{Name: sessionUser, Password: config.Secret(password)}}
		c.Clients = []issuer.Client{{ID: sessionClient, Secret: config.Secret(rand.Text()), Form: token.Form(form), Scopes: []string{"read"},
			Grants: []issuer.GrantType{issuer.Password, issuer.RefreshToken}, Lifetime: int(s.life / time.Second)}}
	}})
	if err != nil {
		return Traffic{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, endWithin(ctx, end))
		}
	}()
	n, err := arrivals(step, site.Seed)
	if err != nil {
		return Traffic{}, err
	}
	s.endpoint, s.secrets = inst.Endpoints[targets.TokenEndpoint], inst.Secrets
	at := slices.IndexFunc(inst.Clients, func(c targets.Client) bool { return c.ID == sessionClient })
	s.client = inst.Clients[at]
	good, err := s.begin(ctx, n, password, strings.Join(s.client.Scopes, " "))
	if err != nil {
		return Traffic{}, fmt.Errorf("begin %d sessions: %w", n, err)
	}
	if out, err = s.traffic(ctx, good); err != nil {
		return Traffic{}, err
	}
	out.Instance, out.End = inst, end
	return out, nil
}
