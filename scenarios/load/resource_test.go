package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// having are the stores of a machine that has the programs of these kinds, and this
// environment.
func having(env map[string]string, programs ...string) storeKinds {
	kinds := storesOf(func(name string) string { return env[name] })
	for i := range kinds {
		name := kinds[i].name
		kinds[i].can = func() error {
			if slices.Contains(programs, name) {
				return nil
			}
			return fmt.Errorf("%w: there is no %s", servers.ErrMissing, name)
		}
		kinds[i].start = func(context.Context) (*servers.Server, error) { return nil, errors.New("a plan starts nothing") }
		kinds[i].cache = kinds[i].start
	}
	return kinds
}

func reference(t *testing.T) targets.Target {
	t.Helper()
	r, err := targets.Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// laid are the names of the steps of all strategies, and the reasons for what is left out.
func laid(t *testing.T, kinds storeKinds, o scenarios.Options) (steps []string, skipped map[string]string) {
	t.Helper()
	skipped = map[string]string{}
	for _, s := range resourceScenariosOn(kinds) {
		planned, left := s.Plan(o)
		for _, step := range planned {
			id, _, _ := strings.Cut(strings.TrimPrefix(step.ID, "load/"), "@")
			steps = append(steps, id)
			form := step.Axis("form")
			if st, _ := verifier.Describe(step.Axis("strategy").Value); (form.Class == targets.Opaque) != (st.Form != "" || form.Value == targets.Opaque) {
				t.Errorf("%s: the form is %+v", step.ID, form)
			}
		}
		for _, l := range left {
			if l.Kind != results.NotApplicable || l.Reason == "" {
				t.Errorf("skip %+v", l)
			}
			skipped[strings.TrimPrefix(l.ID, "load/")] = l.Reason
		}
	}
	return steps, skipped
}

// All strategies are put under load on the reference, by default with the forms of token
// that say something new.
func TestEveryStrategyIsLaidOut(t *testing.T) {
	t.Parallel()
	o := scenarios.Options{Targets: []targets.Target{reference(t)}, Profile: scenarios.Profiles()[0], Whole: true}
	steps, skipped := laid(t, having(nil, issuer.StorePostgres, issuer.StoreRedis), o)
	want := strings.Fields(`introspect/opaque introspect/ES256 introspect-cached/opaque introspect-cached/ES256 introspect-push/opaque introspect-push/ES256
		shared-cache/opaque/redis shared-cache/ES256/redis
		shared-db/opaque/sqlite shared-db/opaque/postgres shared-db/opaque/redis shared-db/ES256/sqlite shared-db/ES256/postgres shared-db/ES256/redis
		local/RS256 local/ES256 local/EdDSA local-cached/RS256 local-cached/ES256 local-cached/EdDSA local-denylist/RS256 local-denylist/ES256 local-denylist/EdDSA
		local-status/RS256 local-status/ES256 local-status/EdDSA local-online-status/RS256 local-online-status/ES256 local-online-status/EdDSA
		hybrid/RS256/mixed hybrid/ES256/mixed hybrid/EdDSA/mixed phantom/ES256 split/ES256`)
	if !slices.Equal(steps, want) || len(skipped) > 0 {
		t.Errorf("steps %q, skipped %q; want %q", steps, skipped, want)
	}
	o.Forms = []string{AllForms}
	steps, skipped = laid(t, having(nil, issuer.StorePostgres, issuer.StoreRedis), o)
	signed := len(verifier.Algorithms())
	// Opaque and signed: introspect, its two caches, shared-cache, and shared-db in three stores.
	if want := 7*(1+signed) + 8*signed; len(steps) != want || len(skipped) > 0 {
		t.Errorf("%d steps of all forms, want %d; skipped %v", len(steps), want, skipped)
	}
}

// What can't run is listed with its reason, on other targets and on a machine that lacks a
// program; and nothing of a URL is repeated.
func TestWhatCantRunIsListed(t *testing.T) {
	t.Parallel()
	foreign := declaring("opaque", "ES256")
	foreign.Capabilities = slices.DeleteFunc(foreign.Capabilities, func(c targets.Capability) bool { return c == targets.Introspects("ES256") })
	const url = "postgres://me:hunter2@db.test/x"
	for _, tt := range []struct {
		name    string
		target  targets.Target
		kinds   storeKinds
		runs    string // of these strategies
		skipped map[string]string
	}{
		{"another server", foreign, having(nil, issuer.StoreRedis), "introspect introspect-cached shared-cache local local-cached", map[string]string{
			"introspect/ES256":          "target x doesn't declare introspect/ES256",
			"hybrid/ES256/mixed":        "target x doesn't declare introspect/ES256",
			"introspect-push/opaque":    "target x doesn't declare events",
			"local-denylist/ES256":      "target x doesn't declare denylist",
			"local-online-status/ES256": "target x doesn't declare status",
			"shared-db/opaque/sqlite":   "shared-db needs an issuer that lets others read its token table, and target x isn't the reference issuer",
			"local-status/ES256":        "local-status needs an issuer that puts the claim status into its tokens, and target x isn't the reference issuer",
			"phantom/ES256":             "phantom needs an issuer that issues tokens of the forms phantom-ALGORITHM, and target x isn't",
			"split/ES256":               "split needs an issuer that issues tokens of the forms split-ALGORITHM, and target x isn't",
			"shared-cache/ES256/redis":  "target x doesn't declare introspect/ES256",
			"introspect-cached/ES256":   "target x doesn't declare introspect/ES256",
			"shared-db/ES256/postgres":  "isn't the reference issuer",
		}},
		{"no programs", reference(t), having(nil), "introspect introspect-cached introspect-push shared-db local local-cached local-denylist local-status local-online-status hybrid phantom split", map[string]string{
			"shared-db/opaque/postgres": "no PostgreSQL server: the server can't be run on this machine: there is no postgres: install its programs, or name a server in OAUTHMARK_POSTGRES_URL",
			"shared-cache/opaque/redis": "no Redis server: the server can't be run on this machine: there is no redis: install its programs, or name a server in OAUTHMARK_REDIS_URL",
			"shared-db/ES256/redis":     "no Redis server",
		}},
		{"one server is named", reference(t), having(map[string]string{"OAUTHMARK_POSTGRES_URL": url}), "introspect introspect-cached introspect-push shared-db local local-cached local-denylist local-status local-online-status hybrid phantom split", map[string]string{
			"shared-db/opaque/redis": "no Redis server",
		}},
		{"the wrong server is named", reference(t), having(map[string]string{"OAUTHMARK_POSTGRES_URL": url, "OAUTHMARK_REDIS_URL": url}, issuer.StoreRedis), "introspect introspect-cached introspect-push shared-db local local-cached local-denylist local-status local-online-status hybrid phantom split", map[string]string{
			"shared-db/opaque/redis":    "OAUTHMARK_REDIS_URL isn't the URL of a Redis server without a # in it",
			"shared-cache/opaque/redis": "OAUTHMARK_REDIS_URL isn't the URL of a Redis server without a # in it",
		}},
	} {
		o := scenarios.Options{Targets: []targets.Target{tt.target}, Profile: scenarios.Profiles()[0], Whole: true}
		steps, skipped := laid(t, tt.kinds, o)
		var run []string
		for _, s := range steps {
			strategy, _, _ := strings.Cut(s, "/")
			run = append(run, strategy)
		}
		if got := strings.Join(slices.Compact(run), " "); got != tt.runs {
			t.Errorf("%s: %s run, want %s", tt.name, got, tt.runs)
		}
		for id, want := range tt.skipped {
			if got := skipped[id]; !strings.Contains(got, want) {
				t.Errorf("%s: %s is skipped for %q, want %q", tt.name, id, got, want)
			}
		}
		for id, reason := range skipped {
			if strings.Contains(reason, "hunter2") || strings.Contains(reason, "db.test") {
				t.Errorf("%s: the reason of %s repeats the URL: %s", tt.name, id, reason)
			}
		}
	}
}

// Each variety has a name, which selects it alone, and others by its beginning.
func TestVarietiesByName(t *testing.T) {
	t.Parallel()
	all := resourceScenariosOn(having(nil, issuer.StorePostgres, issuer.StoreRedis))
	for _, tt := range []struct{ name, want string }{
		{"load/phantom/PS256", "load/phantom/PS256"},
		{"load/split/ML-DSA-44", "load/split/ML-DSA-44"},
		{"load/hybrid/ES256/risky", "load/hybrid/ES256/risky"},
		{"load/hybrid/ES256", "load/hybrid/ES256/mixed load/hybrid/ES256/risky"},
		{"load/shared-db/opaque/postgres", "load/shared-db/opaque/postgres"},
		{"load/shared-db/PS256/", "load/shared-db/PS256/sqlite load/shared-db/PS256/postgres load/shared-db/PS256/redis"},
		{"load/local/RS512", "load/local/RS512"},
	} {
		selected, err := scenarios.Select(all, []string{tt.name})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		plan, err := scenarios.Make(selected, scenarios.Options{Targets: []targets.Target{reference(t)}, Profile: scenarios.Profiles()[0]}, 1)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		for _, want := range strings.Fields(tt.want) {
			i := slices.IndexFunc(plan.Steps, func(s results.Step) bool { return s.ID == want+"@reference#1" })
			if i < 0 || len(plan.Steps) != len(strings.Fields(tt.want)) {
				t.Errorf("%s selects %v, want %s", tt.name, plan.Steps, tt.want)
			}
		}
	}
	for _, name := range []string{"load/phantom/opaque", "load/hybrid/ES256/none", "load/shared-cache/ES256/sqlite", "load/local/opaque"} {
		if _, err := scenarios.Select(all, []string{name}); err == nil {
			t.Errorf("%s selects something", name)
		}
	}
}

// One token in ten goes to the risky route where they are mixed, each time it is presented,
// and bad tokens stay off it.
func TestRisk(t *testing.T) {
	t.Parallel()
	for route, want := range map[string]int{"": 0, routeMixed: 10, routeRisky: 125} {
		var requests []Request
		for i := range 100 {
			requests = append(requests, Request{URL: "http://h/hybrid/resource", Right: Allow})
			if i%4 == 0 {
				requests = append(requests, Request{URL: "http://h/hybrid/resource", Right: Deny})
			}
		}
		risk(requests, route)
		got := 0
		for _, r := range requests {
			switch {
			case r.URL == "http://h/hybrid/risky" && (r.Right == Allow || route == routeRisky):
				got++
			case r.URL != "http://h/hybrid/resource":
				t.Errorf("%s: %s", route, r.URL)
			}
		}
		if got != want {
			t.Errorf("%s: %d requests on the risky route, want %d", route, got, want)
		}
	}
}
