package load

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// declaring is a target that issues the forms, and introspects and publishes keys.
func declaring(forms ...string) targets.Target {
	t := targets.Target{Name: "x", Capabilities: []targets.Capability{targets.ClientCredentials, targets.Introspection, targets.JWKS}}
	for _, f := range forms {
		t.Capabilities = append(t.Capabilities, targets.Issues(f), targets.Introspects(f))
	}
	return t
}

func scenario(t *testing.T, name string) scenarios.Scenario {
	t.Helper()
	for _, s := range Scenarios() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no scenario %s", name)
	return scenarios.Scenario{}
}

// Which forms are presented where nobody says so: those that say something new, and
// never none of what the target issues.
func TestForms(t *testing.T) {
	t.Parallel()
	usual := []string{"opaque", "RS256", "ES256", "EdDSA", "PS256"}
	whole := scenarios.Options{Whole: true}
	for _, tt := range []struct {
		scenario string
		declared []string
		o        scenarios.Options
		want     string // the forms of steps, then after a bar those of skips
	}{
		{"load/introspect", usual, whole, "opaque ES256 |"},
		{"load/local", usual, whole, "RS256 ES256 EdDSA |"},
		{"load/introspect", []string{"opaque"}, whole, "opaque |"},
		{"load/introspect", []string{"PS384", "PS256"}, whole, "PS384 |"},
		{"load/introspect", []string{"opaque", "RS256"}, whole, "opaque RS256 |"},
		{"load/local", []string{"PS384", "PS256"}, whole, "PS384 |"},
		{"load/local", []string{"opaque"}, whole, "| load/local"},
		{"load/local", usual, scenarios.Options{Whole: true, Forms: []string{"PS256", "opaque"}}, "PS256 | load/local/opaque"},
		{"load/local", []string{"opaque", "PS256", "PS384"}, scenarios.Options{Whole: true, Forms: []string{AllForms}}, "PS256 PS384 |"},
		{"load/local", usual, scenarios.Options{Items: []string{"load/local/PS256", "load/local/PS384"}}, "PS256 | load/local/PS384"},
		{"load/local", usual, scenarios.Options{Whole: true, WithoutForms: []string{"ES256", "opaque"}}, "RS256 EdDSA |"},
		{"load/introspect", usual, scenarios.Options{Whole: true, WithoutForms: []string{"opaque"}}, "ES256 |"},
		{"load/local", usual, scenarios.Options{Whole: true, Without: []string{"load/local/EdDSA"}}, "RS256 ES256 |"},
		{"load/local", usual, scenarios.Options{Whole: true, Forms: []string{"ES256"}, Items: []string{"load/local/PS256"}}, "ES256 PS256 |"},
	} {
		tt.o.Targets, tt.o.Profile = []targets.Target{declaring(tt.declared...)}, scenarios.Profiles()[0]
		steps, skipped := scenario(t, tt.scenario).Plan(tt.o)
		var got []string
		for _, s := range steps {
			got = append(got, s.Axis("form").Value)
			if s.Remote || s.Kind != results.KindLoad || s.Axis("strategy").Value != strings.TrimPrefix(tt.scenario, "load/") {
				t.Errorf("step %+v", s)
			}
		}
		got = append(got, "|")
		for _, s := range skipped {
			got = append(got, s.ID)
			if s.Reason == "" || s.Kind != results.NotApplicable {
				t.Errorf("skip %+v, want a reason", s)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s of %v with %+v: %q, want %q", tt.scenario, tt.declared, tt.o.Forms, got, tt.want)
		}
	}
}

func TestLayout(t *testing.T) {
	t.Parallel()
	p := scenarios.Profiles()[1]
	o := scenarios.Options{Targets: []targets.Target{declaring("ES256")}, Profile: p, Whole: true, Rates: []float64{100, 200}}
	steps, _ := scenario(t, "load/local").Plan(o)
	if len(steps) != 2*p.Repetitions || steps[0].ID != "load/local/ES256@x@100#1" || steps[len(steps)-1].ID != fmt.Sprintf("load/local/ES256@x@200#%d", p.Repetitions) {
		t.Errorf("steps %v, want each rate %d times", steps, p.Repetitions)
	}
	if steps[0].Load.Rate != 100 || steps[len(steps)-1].Load.Rate != 200 || steps[0].Takes <= steps[0].Load.Duration {
		t.Errorf("loads %+v and %+v", steps[0].Load, steps[len(steps)-1].Load)
	}
	o.Rates, o.Profile.Load.Arrivals = nil, results.Closed
	steps, _ = scenario(t, "load/local").Plan(o)
	if len(steps) != p.Repetitions || steps[0].Load.Rate != 0 || !strings.Contains(steps[0].Does, "as fast as it is answered") {
		t.Errorf("steps %v: closed arrivals have no rate", steps)
	}
}

// world is an issuer of opaque tokens and a resource server that accepts those.
type world struct {
	mu     sync.Mutex
	issued map[string]bool
	asked  []string // the tokens that were presented, in order
}

func (w *world) instance(t *testing.T) *targets.Instance {
	t.Helper()
	w.issued = map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch r.URL.Path {
		case "/token":
			id, _, _ := r.BasicAuth()
			value := fmt.Sprintf("%s-%027d", id, len(w.issued))
			life := 3600
			if id == "brief" {
				life = 0
			} else {
				w.issued[value] = true
			}
			_ = json.NewEncoder(rw).Encode(map[string]any{"access_token": value, "token_type": "Bearer", "expires_in": life})
		case "/counters":
			fmt.Fprint(rw, `{"introspections":3,"status_questions":2,"list_fetches":1}`)
		case "/strategies":
			fmt.Fprint(rw, `{"introspect":{"staleness":"none","outage":"nothing"},"local":{"staleness":"its life","outage":"all"}}`)
		case "/introspect/resource":
			value := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			w.asked = append(w.asked, value)
			if !w.issued[value] {
				rw.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Fprint(rw, `{"client_id":"a","scope":"read"}`)
		default:
			t.Errorf("%s was asked for", r.URL.Path)
		}
	}))
	t.Cleanup(server.Close)
	return &targets.Instance{
		Target: declaring("opaque"), Secrets: redact.New(), Verifier: server.URL, Endpoints: targets.Endpoints{targets.TokenEndpoint: server.URL + "/token"},
		Clients: []targets.Client{{ID: "a", Form: "opaque", Scopes: []string{"read"}}, {ID: "brief", Form: "opaque", Scopes: []string{"read"}, Lifetime: time.Second}},
	}
}

// A step presents good tokens, spoiled and expired ones, over connections that it has
// warmed with tokens of their own, and everything that the resource server counts
// reaches the record.
func TestStep(t *testing.T) {
	t.Parallel()
	w := new(world)
	inst := w.instance(t)
	o := scenarios.Options{Targets: []targets.Target{inst.Target}, Whole: true, Profile: scenarios.Profiles()[0]}
	o.Profile.Load = results.Offered{Arrivals: results.Constant, Rate: 500, Duration: results.Duration(time.Second), Workers: 16, Tokens: 8}
	s := scenario(t, "load/introspect")
	steps, _ := s.Plan(o)
	r, err := s.Run(t.Context(), steps[0], scenarios.Site{Instance: inst, Seed: 1, Progress: func(float64, string) {}})
	if err != nil || r.Series == nil {
		t.Fatal(err, r.Reason)
	}
	v := r.Series.Verdicts
	if v.RightAllow < 450 || v.RightDeny < 3 || v.WrongAllow+v.WrongDeny+v.TransportError > 0 {
		t.Errorf("verdicts %+v, want most allowed and a few denied, all rightly", v)
	}
	warm, measured := w.asked[:warmConnections*4], w.asked[warmConnections*4:]
	presented, kinds := map[string]bool{}, map[string]int{}
	for _, value := range measured {
		presented[value] = true
		switch {
		case w.issued[value]:
			kinds["good"]++
		case strings.HasPrefix(value, "brief"):
			kinds["expired"]++
		default:
			kinds["spoiled"]++
		}
	}
	if kinds["good"] < 450 || kinds["expired"] == 0 || kinds["spoiled"] == 0 {
		t.Errorf("presented %v, want all three kinds", kinds)
	}
	for _, value := range warm {
		if presented[value] || !w.issued[value] {
			t.Error("the warm-up presented a token of the step, or none that is good: the cache isn't cold, or the connections aren't warm")
		}
	}
	want := []results.Counter{{Name: "introspections", Of: "issuer", PerToken: true}, {Name: "list_fetches", Of: "issuer"}, {Name: "status_questions", Of: "issuer", PerToken: true}}
	if r.Declared == nil || *r.Declared != (results.Declared{Staleness: "none", Outage: "nothing"}) {
		t.Errorf("declared %+v", r.Declared)
	}
	if !slices.Equal(r.Series.Counters, want) {
		t.Errorf("counters %+v, want %+v", r.Series.Counters, want)
	}
}

// A redirect would take the token to wherever the server likes, and time another server.
func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	h := http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect)
	m, _ := drive(t, h, results.Constant, 100, 100*time.Millisecond, 4)
	if m.Verdicts.TransportError != 10 {
		t.Errorf("verdicts %+v, want 10 without a judgement", m.Verdicts)
	}
}
