package load

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// desk is an issuer's other endpoints, with a defect.
type desk struct {
	mu      sync.Mutex
	owner   map[string]string // of each token
	revoked map[string]bool
	asked   int

	forgets    bool // answers that a token is revoked and leaves it
	careless   bool // lets anybody revoke
	says       func(token, client string, active bool) string
	keys       func(n int) string
	notOfMine  int // revocations of others' tokens
	impostures int
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	if r.URL.Path == "/jwks" {
		d.asked++
		fmt.Fprint(w, d.keys(d.asked))
		return
	}
	if r.URL.Path != "/counters" && secret != "the+secret+of+"+id {
		d.impostures++
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"invalid_client"}`)
		return
	}
	token := r.PostFormValue("token")
	switch r.URL.Path {
	case "/token":
		value := fmt.Sprintf("%s-%027d", id, len(d.owner))
		life := 3600
		if id == "brief" {
			life = 0
		}
		d.owner[value] = id
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, value, life)
	case "/introspect":
		owner := d.owner[token]
		active := owner != "" && owner != "brief" && !d.revoked[token]
		fmt.Fprint(w, d.says(token, owner, active))
	case "/revoke":
		if owner := d.owner[token]; owner != "" && owner != id {
			if d.notOfMine++; !d.careless {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `{"error":"invalid_grant"}`)
				return
			}
		}
		d.revoked[token] = !d.forgets
	}
}

func truthful(_, client string, active bool) string {
	if !active {
		return `{"active":false}`
	}
	return fmt.Sprintf(`{"active":true,"client_id":%q,"scope":"read"}`, client)
}

func soundKeys(int) string { return `{"keys":[{"kty":"EC","kid":"1","x":"a"}]}` }

// run runs a step of the scenario against the desk.
func (d *desk) run(t *testing.T, name string) results.StepResult {
	t.Helper()
	d.owner, d.revoked = map[string]string{}, map[string]bool{}
	if d.says == nil {
		d.says = truthful
	}
	if d.keys == nil {
		d.keys = soundKeys
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	client := func(id string, life time.Duration) targets.Client {
		return targets.Client{ID: id, Form: "opaque", Scopes: []string{"read"}, Secret: config.Secret("the secret of " + id), Lifetime: life}
	}
	target := declaring("opaque")
	target.Capabilities = append(target.Capabilities, targets.Revocation)
	inst := &targets.Instance{Target: target, Secrets: redact.New(), Verifier: server.URL, Endpoints: targets.Endpoints{
		targets.TokenEndpoint: server.URL + "/token", targets.IntrospectionEndpoint: server.URL + "/introspect",
		targets.RevocationEndpoint: server.URL + "/revoke", targets.JWKSEndpoint: server.URL + "/jwks"},
		Clients: []targets.Client{client("a", 0), client("b", 0), client("brief", time.Second)}, Introspector: client("rs", 0)}
	o := scenarios.Options{Targets: []targets.Target{target}, Whole: true, Profile: scenarios.Profiles()[0]}
	o.Profile.Load = results.Offered{Arrivals: results.Constant, Rate: 800, Duration: results.Duration(500 * time.Millisecond), Tokens: 20}
	s := scenario(t, name)
	steps, skipped := s.Plan(o)
	if len(steps) != 1 || len(skipped) > 0 {
		t.Fatalf("%d steps, skipped %v", len(steps), skipped)
	}
	r, err := s.Run(t.Context(), steps[0], scenarios.Site{Instance: inst, Seed: 1, Progress: func(float64, string) {}})
	if err != nil || r.Series == nil {
		t.Fatal(err, r.Reason)
	}
	return r
}

// What an issuer must not do is found in the step, and what it does right passes.
func TestEndpointsAlone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		scenario string
		desk     *desk
		wrong    string // the first wrong answer; empty for none
		figure   string // that is beyond its limit; empty for none
	}{
		"introspect":   {"introspect", &desk{}, "", ""},
		"all active":   {"introspect", &desk{says: func(string, string, bool) string { return `{"active":true}` }}, "was let in", ""},
		"all inactive": {"introspect", &desk{says: func(string, string, bool) string { return `{"active":false}` }}, "a good token of client", ""},
		"no active":    {"introspect", &desk{says: func(string, string, bool) string { return `{}` }}, "no member active", ""},
		"little told":  {"introspect", &desk{says: func(_, _ string, active bool) string { return fmt.Sprintf(`{"active":%v}`, active) }}, "", ""},
		"another scope": {"introspect", &desk{says: func(_, c string, active bool) string {
			return strings.Replace(truthful("", c, active), "read", "write", 1)
		}}, "said to have", ""},
		"another client": {"introspect", &desk{says: func(_, _ string, active bool) string { return truthful("", "a", active) }}, `client "b" was said to be one of "a"`, ""},
		"revoke":         {"revoke", &desk{}, "", ""},
		"forgets":        {"revoke", &desk{forgets: true}, "", "revoked tokens still active"},
		"careless":       {"revoke", &desk{careless: true}, "the revocation of a token by another client was let in", "tokens ended by who may not"},
		"jwks":           {"jwks", &desk{}, "", ""},
		"key gone": {"jwks", &desk{keys: func(n int) string {
			return map[bool]string{true: `{"keys":[{"kty":"EC","kid":"2","x":"b"}]}`, false: soundKeys(n)}[n > 200]
		}}, "lacks a key", ""},
		"private key": {"jwks", &desk{keys: func(n int) string {
			return strings.Replace(soundKeys(n), `"x"`, map[bool]string{true: `"d":"s3cr3t","x"`, false: `"x"`}[n == 300], 1)
		}}, "private member", ""},
		"no keys": {"jwks", &desk{keys: func(n int) string { return map[bool]string{true: `{"keys":[]}`, false: soundKeys(n)}[n > 200] }}, "no JSON object with keys", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := tt.desk.run(t, tt.scenario)
			v := r.Series.Verdicts
			if (v.WrongAllow+v.WrongDeny > 0) != (tt.wrong != "") || !strings.Contains(v.First, tt.wrong) || (r.Verdict == results.Fail) != (tt.wrong != "" || tt.figure != "") || v.TransportError > 0 {
				t.Errorf("%v %q, verdicts %+v, want %q", r.Verdict, r.Reason, v, tt.wrong)
			}
			if strings.Contains(v.First+r.Reason, "0000") || strings.Contains(v.First, "s3cr3t") {
				t.Errorf("a secret is shown: %q", v.First)
			}
			broken := ""
			for _, f := range r.Figures {
				if f.Broken() {
					broken = f.Name
				}
			}
			if broken != tt.figure {
				t.Errorf("figures %+v, want %q beyond its limit", r.Figures, tt.figure)
			}
			if tt.scenario != "jwks" && v.RightDeny == 0 && tt.wrong == "" {
				t.Errorf("verdicts %+v: nothing had to be refused", v)
			}
			if name == "little told" && !slices.ContainsFunc(r.Warnings, func(w results.Warning) bool { return w.Code == "claims-unknown" }) {
				t.Errorf("warnings %v: nobody says that the claims weren't told", r.Warnings)
			}
			if tt.scenario == "revoke" && (tt.desk.notOfMine == 0 || tt.desk.impostures == 0 || r.Figures[0].Value != sampled) {
				t.Errorf("%d attempts on others' tokens, %d with a wrong secret, %v asked about", tt.desk.notOfMine, tt.desk.impostures, r.Figures[0].Value)
			}
		})
	}
}
