package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// Which capacities are looked for, and what is skipped with a reason.
func TestCapacityPlan(t *testing.T) {
	t.Parallel()
	reference, err := targets.Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	closed := scenarios.Profiles()[0]
	closed.Load.Arrivals = results.Closed
	for name, tt := range map[string]struct {
		o      scenarios.Options
		target targets.Target
		want   string
		skips  string // part of each reason
	}{
		"default":     {scenarios.Options{Whole: true}, reference, "introspect/opaque introspect-cached/opaque local/ES256", ""},
		"by name":     {scenarios.Options{Items: []string{"capacity/local/RS256", "capacity/issue/password/ES256/bcrypt"}}, reference, "local/RS256 issue/password/ES256/bcrypt", ""},
		"by form":     {scenarios.Options{Whole: true, Forms: []string{"RS256"}}, reference, "introspect/RS256 introspect-cached/RS256 local/RS256", ""},
		"all forms":   {scenarios.Options{Whole: true, Forms: []string{AllForms}}, declaring("opaque", "ES256"), "introspect/opaque introspect/ES256 introspect-cached/opaque introspect-cached/ES256 local/ES256", ""},
		"lacking":     {scenarios.Options{Whole: true}, declaring("opaque"), "introspect/opaque introspect-cached/opaque", "doesn't declare"},
		"foreign":     {scenarios.Options{Items: []string{"capacity/issue/client_credentials/opaque/bcrypt", "capacity/issue/client_credentials/opaque"}}, declaring("opaque"), "issue/client_credentials/opaque", "isn't the reference"},
		"closed loop": {scenarios.Options{Whole: true, Profile: closed}, reference, "", "planned arrivals"},
	} {
		if tt.o.Profile.Name == "" {
			tt.o.Profile = scenarios.Profiles()[1]
		}
		tt.o.Targets = []targets.Target{tt.target}
		steps, skipped := scenario(t, "capacity").Plan(tt.o)
		var got []string
		for _, s := range steps {
			got = append(got, strings.TrimPrefix(strings.TrimSuffix(s.ID, "@"+tt.target.Name), "capacity/"))
			c, level, err := (capacity{share(nil)}).of(s)
			if err != nil || c.item()+"@"+tt.target.Name != s.ID || level.String() != scenarios.DefaultLevel {
				t.Errorf("%s: step %s is read as %s at %s, %v", name, s.ID, c.item(), level, err)
			}
			if s.Takes < 20e9 || s.Takes > 40e9 || s.Load.Rate != 0 || s.Repetition != 0 {
				t.Errorf("%s: takes %v, load %+v", name, s.Takes, s.Load)
			}
		}
		if strings.Join(got, " ") != tt.want || (len(skipped) > 0) != (tt.skips != "") {
			t.Errorf("%s: %q, skipped %v; want %q", name, got, skipped, tt.want)
		}
		for _, s := range skipped {
			if !strings.Contains(s.Reason, tt.skips) {
				t.Errorf("%s: skipped %v, want %q", name, s, tt.skips)
			}
		}
	}
	for _, c := range (capacity{share(nil)}).all() {
		if fmt.Sprint(c.axes()) == "" || c.issuance.once() && c.strategy.Name == "" {
			t.Errorf("%s can't be asked again and again", c.item())
		}
	}
}
