package load

import (
	"crypto/rand"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/targets"
)

// What the servers of a step are configured with, so that it sees the end of each bound.
const (
	shortTTL      = time.Second // of caches
	shortInterval = time.Second // of the issuer's lists
	shortLife     = 3 * time.Second
)

// terms are the conditions under which a step revokes tokens.
type terms struct {
	end   verifier.End
	route string
	own   bool // the issuer is the step's own, and its intervals and lifetimes are ours to set
}

func (r *revocation) terms(t targets.Target, route string) terms {
	x := terms{end: r.strategy.End, route: route}
	if route == routeRisky {
		x.end = r.strategy.EndRisky
	}
	switch x.end {
	case verifier.EndDenylist, verifier.EndStatus, verifier.EndExpiry:
		x.own = t.Reference()
	}
	return x
}

// after is for how long after a revocation the token may be let in, as far as the step is
// to see it.
func (x terms) after() time.Duration {
	switch {
	case x.end == verifier.EndTTL:
		return shortTTL
	case x.end == verifier.EndEvent:
		return onItsWay
	case x.end == verifier.EndDenylist && x.own:
		return shortInterval + onItsWay
	case x.end == verifier.EndStatus && x.own:
		return shortInterval
	}
	return 0
}

// least is how long a step takes that sees the end of each token.
func (x terms) least() time.Duration {
	d := revokeFrom + revokeFor + x.after() + probedOn
	if x.end == verifier.EndExpiry && x.own {
		d = max(d, shortLife+probedOn)
	}
	return d
}

// briefly is the client whose tokens live for shortLife.
const briefly = "revoked-soon"

// arrangement is of a resource server of the step's own, and of an issuer where need be. It
// notes the bound under the run's configuration and then under that of the step.
func (x terms) arrangement(name, form string, declared, here *verifier.Staleness) targets.Arrangement {
	a := targets.Arrangement{Verifier: func(c *verifier.Config) {
		*declared, _ = c.Staleness(name, x.route == routeRisky)
		if x.end == verifier.EndTTL {
			c.Cache.TTL = verifier.Duration(shortTTL)
		}
		*here, _ = c.Staleness(name, x.route == routeRisky)
		if here.Stated && x.own {
			here.Bound, here.Stated = shortInterval, false
			declared.Bound, declared.Stated = issuer.DefaultListInterval*time.Second, false
		}
	}}
	if x.own {
		a.Issuer = func(c *issuer.Config) {
			c.ListInterval = int(shortInterval / time.Second)
			c.Clients = slices.DeleteFunc(c.Clients, func(c issuer.Client) bool { return string(c.Form) != form })
			if x.end == verifier.EndExpiry {
				c.Clients = append(c.Clients, issuer.Client{ID: briefly, Secret: config.Secret(rand.Text()), Form: token.Form(form),
					Scopes: []string{"read"}, Lifetime: int(shortLife / time.Second)})
			}
		}
	}
	return a
}
