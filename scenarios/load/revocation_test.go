package load

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// revocable targets have all that any strategy asks for.
func revocable(forms ...string) targets.Target {
	t := declaring(forms...)
	t.Capabilities = append(t.Capabilities, targets.Revocation, targets.Events, targets.Denylist, targets.Status)
	return t
}

// Each strategy that is put under load has its tokens revoked: in steps that are long enough
// to see the end of its bound, not repeated, and with what the target lacks as a reason.
func TestRevocationPlan(t *testing.T) {
	t.Parallel()
	ours := revocable("opaque", "RS256", "ES256")
	ours.Process = &targets.ProcessSpec{Command: []string{"${self}"}}
	theirs := revocable("opaque", "RS256", "ES256")
	o := scenarios.Options{Profile: scenarios.Profiles()[1], Whole: true}
	for _, s := range resourceScenarios(share(nil)) {
		name := strings.TrimPrefix(s.Name, "load/")
		d, _ := verifier.Describe(name)
		revoked := scenario(t, "revocation/"+name)
		if len(revoked.Items) < len(s.Items) || !strings.HasPrefix(revoked.Items[0], "revocation/"+name+"/") {
			t.Errorf("%s: items %v", name, revoked.Items)
		}
		for _, target := range []targets.Target{ours, theirs, declaring("opaque", "RS256", "ES256")} {
			o.Targets = []targets.Target{target}
			steps, skipped := revoked.Plan(o)
			if target.Lacks([]targets.Capability{targets.Revocation}) != "" {
				if len(steps) > 0 || len(skipped) == 0 || skipped[0].Reason == "" {
					t.Errorf("%s without revocation: %v, %v", name, steps, skipped)
				}
				continue
			}
			loaded, _ := s.Plan(o)
			if (len(steps) > 0) != (len(loaded) > 0) || len(steps) == 0 && (len(skipped) == 0 || skipped[0].Reason == "") {
				t.Errorf("%s: steps %v, skipped %v; under load %v", name, steps, skipped, loaded)
			}
			for _, form := range []string{"opaque", "ES256"} {
				of := func(step results.Step) bool { return step.Axis("form").Value == form }
				if slices.ContainsFunc(steps, of) != slices.ContainsFunc(loaded, of) {
					t.Errorf("%s: steps %v; under load %v", name, steps, loaded)
				}
			}
			risky := func(step results.Step) bool { return step.Axis(axisRoute).Value == routeRisky }
			if len(steps) > 0 && slices.ContainsFunc(steps, risky) != (d.EndRisky != "") {
				t.Errorf("%s: steps %v, with a risky route or without", name, steps)
			}
			for _, step := range steps {
				if step.Repetition != 1 || step.Axis("form").Value == "RS256" {
					t.Errorf("step %s", step.ID)
				}
				end := d.End
				if step.Axis(axisRoute).Value == routeRisky {
					end = d.EndRisky
				}
				least := 1500 * time.Millisecond
				switch {
				case end == verifier.EndTTL, end == verifier.EndEvent, end == verifier.EndStatus:
					least = 2500 * time.Millisecond
				case end == verifier.EndDenylist && target.Process != nil, end == verifier.EndExpiry && target.Process != nil:
					least = 3500 * time.Millisecond
				}
				if got := time.Duration(step.Load.Duration); got != max(least, time.Duration(o.Profile.Load.Duration)) {
					t.Errorf("%s takes %v, want %v", step.ID, got, least)
				}
			}
		}
	}
	o.Targets, o.Whole, o.Items = []targets.Target{ours}, false, []string{"revocation/local/RS256"}
	if steps, _ := scenario(t, "revocation/local").Plan(o); len(steps) != 1 || steps[0].ID != "revocation/local/RS256@x#1" {
		t.Errorf("one item: %v", steps)
	}
	for item, want := range map[string]int{"revocation/hybrid/ES256/risky": 1, "revocation/hybrid/ES256/mixed": 1, "revocation/hybrid/ES256": 2, "revocation/hybrid": 2} {
		hybrid := scenario(t, "revocation/hybrid")
		selected, err := scenarios.Select([]scenarios.Scenario{hybrid}, []string{item})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := scenarios.Make(selected, scenarios.Options{Profile: scenarios.Profiles()[1], Targets: []targets.Target{ours}}, 1)
		if err != nil || len(plan.Steps) != want || !strings.HasPrefix(plan.Steps[0].ID, item) {
			t.Errorf("%s: %v, %v", item, plan.Steps, err)
		}
	}
}

// The servers of a step are configured so that their bounds fit into it, and their bounds
// are those of that configuration.
func TestRevocationArrangement(t *testing.T) {
	t.Parallel()
	reference := targets.Target{Process: &targets.ProcessSpec{Command: []string{"${self}"}}}
	for _, name := range verifier.Strategies() {
		d, _ := verifier.Describe(name)
		r := &revocation{basedOn(share(nil), strategy{d})}
		for _, route := range []string{"", routeRisky} {
			if route != "" && d.EndRisky == "" {
				continue
			}
			x := r.terms(reference, route)
			var declared, here verifier.Staleness
			a := x.arrangement(name, "ES256", &declared, &here)
			c := verifier.Config{Cache: verifier.DefaultCache()}
			a.Verifier(&c)
			if declared.Stated || here.Stated || here.End != x.end || declared.End != x.end {
				t.Errorf("%s: declared %+v, here %+v", name, declared, here)
			}
			if here.Bound+probedOn > x.least() || x.end == verifier.EndTTL && declared.Bound != time.Minute {
				t.Errorf("%s: a bound of %v, declared %v, in a step of %v", name, here.Bound, declared.Bound, x.least())
			}
			if a.Issuer == nil {
				continue
			}
			i := issuer.Config{Clients: []issuer.Client{{ID: "a", Form: "ES256"}, {ID: "b", Form: "RS256"}}}
			a.Issuer(&i)
			brief := slices.ContainsFunc(i.Clients, func(c issuer.Client) bool { return c.Lifetime == 3 && c.Secret != "" })
			if i.Clients[0].ID != "a" || i.ListInterval != 1 || brief != (x.end == verifier.EndExpiry) {
				t.Errorf("%s: issuer %+v", name, i)
			}
		}
	}
}

// Requests go to the risky route where the step says so, and the tokens that are revoked
// only where all do.
func TestRoutes(t *testing.T) {
	t.Parallel()
	for route, want := range map[string]int{"": 0, routeMixed: 10, routeRisky: 125} {
		var requests []Request
		for i := range 100 {
			requests = append(requests, Request{URL: "http://rs.test/hybrid/resource", Right: Allow})
			if i%4 == 0 {
				requests = append(requests, Request{URL: "http://rs.test/hybrid/resource", Right: Deny})
			}
		}
		risk(requests, route)
		risky := 0
		for _, r := range requests {
			if r.URL == "http://rs.test/hybrid/risky" {
				risky++
			}
		}
		if risky != want {
			t.Errorf("%q: %d requests on the risky route, want %d", route, risky, want)
		}
	}
}
