package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
)

// Defect is one that the reference resource server can be given. It breaks a rule that holds
// for whatever a resource server remembers of tokens.
type Defect struct {
	Name  string // no-coalescing
	Title string // what the resource server does wrong, in a sentence
	Shown string // the scenario that catches it

	plant func(*verifier.Config, *verifier.Options)
}

// Defects lists those of the resource server, sorted by name.
func Defects() []Defect {
	return []Defect{
		{"ignores-push", "hears of no revocation, though the issuer tells it", "revocation",
			func(_ *verifier.Config, o *verifier.Options) { tamper(o, deaf) }},
		{"no-coalescing", "asks the issuer once for each of many requests that miss the same token at once", "herd",
			func(_ *verifier.Config, o *verifier.Options) { o.Seams.Alone = true }},
		{"outage-as-inactive", "takes an issuer that gives no answer for one that calls the token inactive, and remembers it", "outage",
			func(_ *verifier.Config, o *verifier.Options) { tamper(o, resigned) }},
		{"outlives-exp", "remembers an introspected token past its exp", "load",
			func(_ *verifier.Config, o *verifier.Options) { tamper(o, timeless) }},
		{"skips-scope", "lets a token without the route's scope in", "load",
			func(c *verifier.Config, _ *verifier.Options) {
				c.Routes = slices.Clone(c.Routes)
				for i := range c.Routes {
					c.Routes[i].Scopes = nil
				}
			}},
		{"slides-ttl", "prolongs what it remembers of a token at each use, so that a token in use is never asked about again", "herd, and revocation",
			func(c *verifier.Config, o *verifier.Options) {
				ttl := time.Duration(c.Cache.TTL)
				o.Seams.Renew = func(now time.Time) time.Time { return now.Add(ttl) }
			}},
	}
}

// Plant gives the resource server that will be made of the two the named defect.
func Plant(name string, c *verifier.Config, o *verifier.Options) error {
	all := Defects()
	i := slices.IndexFunc(all, func(d Defect) bool { return d.Name == name })
	if i < 0 {
		var names []string
		for _, d := range all {
			names = append(names, d.Name)
		}
		return fmt.Errorf("no defect of the verifier is called %q: use one of %s", name, strings.Join(names, ", "))
	}
	all[i].plant(c, o)
	return nil
}
