package load

import (
	"context"
	"fmt"

	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// strategies are the ways in which the reference verifier judges a token, and what
// each asks of the authorization server.
var strategies = []struct {
	id, does string
	needs    func(form string) []targets.Capability
	opaque   bool // whether it can judge a token that is a mere identifier
}{
	{"introspect", "introspection on every request", introspects, true},
	{"introspect-cached", "introspection, remembered for a while", introspects, true},
	{"local", "the token's own signature and claims", verifies, false},
}

func introspects(form string) []targets.Capability {
	return []targets.Capability{targets.ClientCredentials, targets.Issues(form), targets.Introspects(form)}
}

func verifies(form string) []targets.Capability {
	return []targets.Capability{targets.ClientCredentials, targets.Issues(form), targets.JWKS}
}

// Scenarios lists the load scenarios, load/STRATEGY/FORM, for the forms of token.
// The default suite has the usual ones, and of the self-contained forms only the given
// one is introspected in it: what introspection costs hardly depends on the algorithm.
func Scenarios(forms []string, introspected string) []scenarios.Scenario {
	s := new(stale)
	var out []scenarios.Scenario
	for _, st := range strategies {
		for _, form := range forms {
			if form == targets.Opaque && !st.opaque {
				continue // there is nothing in it to verify
			}
			out = append(out, scenarios.Scenario{
				ID:       "load/" + st.id + "/" + form,
				Title:    fmt.Sprintf("a protected resource under load, %s tokens judged by %s", form, st.does),
				Load:     true,
				Strategy: st.id,
				Form:     form,
				Extra:    !targets.Usual(form) || st.opaque && form != targets.Opaque && form != introspected,
				Needs:    st.needs(form),
				Prepare: func(ctx context.Context, inst *targets.Instance) error {
					_, err := s.obtain(ctx, inst, form)
					return err
				},
				Run: s.run,
			})
		}
	}
	return out
}
