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

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

func laidOut(t *testing.T, name string, o scenarios.Options, target targets.Target) (ids, skips []string) {
	t.Helper()
	o.Targets, o.Profile = []targets.Target{target}, scenarios.Profiles()[0]
	steps, skipped := scenario(t, name).Plan(o)
	for _, s := range steps {
		ids = append(ids, strings.TrimSuffix(s.ID, "@"+target.Name+"#1"))
	}
	for _, s := range skipped {
		skips = append(skips, s.ID+": "+s.Reason)
	}
	return ids, skips
}

// Few cells are the default, everything else has a name, and what doesn't apply to a target
// is skipped with a reason.
func TestIssuePlan(t *testing.T) {
	t.Parallel()
	reference, err := targets.Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	foreign := declaring("opaque", "RS256", "PS256")
	for _, tt := range []struct {
		o      scenarios.Options
		target targets.Target
		want   string
		skips  []string // how each begins
	}{
		{scenarios.Options{Whole: true}, reference, "opaque RS256 ES256 EdDSA", nil},
		{scenarios.Options{Whole: true}, foreign, "opaque RS256", nil},
		{scenarios.Options{Whole: true}, declaring("PS384"), "PS384", nil},
		{scenarios.Options{Whole: true, Forms: []string{"PS256"}}, foreign, "PS256", nil},
		{scenarios.Options{Whole: true, Forms: []string{AllForms}}, foreign, "opaque RS256 PS256", nil},
		{scenarios.Options{Whole: true}, targets.Target{Name: "x"}, "", []string{"issue: target x declares no form"}},
		{scenarios.Options{Items: []string{"issue/client_credentials/ES256/sqlite/argon2id", "issue/client_credentials/ES256/id"}}, reference, "ES256/id ES256/sqlite/argon2id", nil},
		{scenarios.Options{Items: []string{"issue/client_credentials/RS256/bcrypt"}}, foreign, "", []string{"issue/client_credentials/RS256/bcrypt: it needs an issuer that is set up for it, and target x isn't"}},
		{scenarios.Options{Items: []string{"issue/client_credentials/ES256"}}, foreign, "", []string{"issue/client_credentials/ES256: target x doesn't declare issue/ES256"}},
	} {
		ids, skips := laidOut(t, "issue", tt.o, tt.target)
		slices.Sort(ids)
		want := strings.Fields(tt.want)
		for i := range want {
			want[i] = "issue/client_credentials/" + want[i]
		}
		slices.Sort(want)
		if !slices.Equal(ids, want) || len(skips) != len(tt.skips) {
			t.Errorf("%+v: %q, skipped %q; want %q and %q", tt.o, ids, skips, want, tt.skips)
			continue
		}
		for i := range skips {
			if !strings.HasPrefix(skips[i], tt.skips[i]) {
				t.Errorf("%+v: skipped %q, want %q", tt.o, skips[i], tt.skips[i])
			}
		}
	}
}

// Each way has one name, and the step of it is that way again.
func TestIssuanceNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, i := range allIssuances() {
		if seen[i.item()] {
			t.Errorf("two are called %s", i.item())
		}
		seen[i.item()] = true
		if back := issuanceOf(results.Step{Axes: i.axes()}); back != i {
			t.Errorf("%s is read as %+v", i.item(), back)
		}
	}
	for _, name := range []string{"issue/jwt-bearer/EdDSA", "issue/authorization_code/opaque/token", "issue/password/RS256/redis/pbkdf2/claims"} {
		if !seen[name] {
			t.Errorf("nothing is called %s", name)
		}
	}
	for i, told := range map[issuance]int{{"client_credentials", "ES256", "redis", "", ""}: 1, {"client_credentials", "ES256", "redis", "", "claims"}: 0,
		{"client_credentials", "opaque", "redis", "", ""}: 0, {"refresh_token", "ES256", "redis", "", ""}: 0, {"client_credentials", "ES256", "", "", ""}: 0} {
		if got := i.caveats(); len(got) != told || told > 0 && !seen[strings.Fields(got[0].Text)[len(strings.Fields(got[0].Text))-1]] {
			t.Errorf("%s: caveats %v", i.item(), got)
		}
	}
	if seen["issue/client_credentials/opaque/id"] {
		t.Error("an opaque token can do without its claims")
	}
}

// The reference issuer takes the configuration of every way.
func TestIssuanceConfigurations(t *testing.T) {
	t.Parallel()
	for _, i := range allIssuances() {
		if i.form != "opaque" && i.form != "ES256" || i.hash != "" || i.store != "" {
			continue // a dear hash would take the test's time, and a store is opened by the program
		}
		a, err := newAsserter()
		if err != nil {
			t.Fatal(err)
		}
		c := issuer.Config{Issuer: "http://127.0.0.1:1", Resource: "urn:api", Introspector: issuer.Introspector{ID: "rs", Secret: "resource server"},
			Clients: []issuer.Client{{ID: "a", Secret: "a's own secret", Form: "opaque", Scopes: []string{"read"}}, {ID: "b", Secret: "b's own secret", Form: "ES256", Scopes: []string{"read"}},
				{ID: "short", Secret: "short's own secret", Form: "ES256", Scopes: []string{"read"}, Lifetime: 2}}}
		i.configure(&c, party{password: "a password", asserter: a}, nil)
		made, err := issuer.New(c, issuer.Options{})
		if err != nil || len(c.Clients) != 1 || string(c.Clients[0].Form) != i.form {
			t.Errorf("%s: %v, clients %+v", i.item(), err, c.Clients)
			continue
		}
		if err := made.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestIssuedAnswers(t *testing.T) {
	t.Parallel()
	c := targets.Client{ID: "c"}
	jwt := func(payload string) string {
		b64 := func(s string) string { return strings.TrimRight(encode64(s), "=") }
		return b64(`{"alg":"ES256"}`) + "." + b64(payload) + ".c2lnbmF0dXJl"
	}
	answer := func(token, rest string) string {
		return fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer"%s}`, token, rest)
	}
	for name, tt := range map[string]struct {
		form   string
		right  Answer
		status int
		body   string
		said   Answer
		why    string
	}{
		"a token":               {"opaque", Allow, 200, answer("t-1", `,"expires_in":3600`), Allow, ""},
		"a JWT":                 {"ES256", Allow, 200, answer(jwt(`{"client_id":"c"}`), `,"expires_in":3600`), Allow, ""},
		"a JWT that tells none": {"ES256", Allow, 200, answer(jwt(`{}`), `,"expires_in":3600`), Allow, ""},
		"another's":             {"ES256", Allow, 200, answer(jwt(`{"client_id":"d"}`), `,"expires_in":3600`), Allow, "another client"},
		"another form":          {"ES256", Allow, 200, answer("t-1", `,"expires_in":3600`), Allow, "came as opaque where ES256"},
		"a type of its own":     {"opaque", Allow, 200, `{"access_token":"t","token_type":"mac","expires_in":1}`, Allow, "token_type"},
		"no type":               {"opaque", Allow, 200, `{"access_token":"t","expires_in":1}`, Allow, "token_type"},
		"no life":               {"opaque", Allow, 200, answer("t-1", ""), Allow, ""},
		"a life of 0":           {"opaque", Allow, 200, answer("t-1", `,"expires_in":0`), Allow, "expires_in"},
		"a life in words":       {"opaque", Allow, 200, answer("t-1", `,"expires_in":"soon"`), Allow, "expires_in"},
		"no token":              {"opaque", Allow, 200, `{"token_type":"Bearer"}`, Allow, "no access_token"},
		"a page":                {"opaque", Allow, 200, `<html>`, Allow, "no JSON object"},
		"too long":              {"opaque", Allow, 200, strings.Repeat("x", maxBody), Unjudged, "longer"},
		"refused":               {"opaque", Allow, 400, `{"error":"invalid_scope"}`, Deny, "invalid_scope"},
		"refused in own words":  {"opaque", Allow, 400, `{"error":"s3cr3t"}`, Deny, "isn't registered"},
		"too many":              {"opaque", Allow, 429, `{"error":"slow_down"}`, Unjudged, ""},
		"down":                  {"opaque", Allow, 503, `{"error":"temporarily_unavailable"}`, Unjudged, "temporarily_unavailable"},
		"wrong secret":          {"opaque", Deny, 401, `{"error":"invalid_client"}`, Deny, ""},
		"wrong secret, in body": {"opaque", Deny, 400, `{"error":"invalid_client"}`, Deny, ""},
		"wrong secret, let in":  {"opaque", Deny, 200, answer("t-1", ""), Allow, ""},
		"wrong secret, grant":   {"opaque", Deny, 400, `{"error":"invalid_grant"}`, Unjudged, "401 invalid_client"},
		"wrong secret, page":    {"opaque", Deny, 401, `<html>`, Unjudged, "401 invalid_client"},
	} {
		is := newIssued(tt.form)
		said, why := is.read(c, tt.right)(tt.status, []byte(tt.body))
		if said != tt.said || !strings.Contains(why, tt.why) || (why == "") != (tt.why == "") || strings.Contains(why, "s3cr3t") || strings.Contains(why, "t-1") {
			t.Errorf("%s: %v %q, want %v %q", name, said, why, tt.said, tt.why)
		}
		if len(is.caveats()) != map[bool]int{true: 1}[name == "no life"] {
			t.Errorf("%s: caveats %v", name, is.caveats())
		}
	}
}

func encode64(s string) string {
	b, _ := json.Marshal([]byte(s)) // standard base64 in quotes
	return strings.NewReplacer("+", "-", "/", "_", `"`, "").Replace(string(b))
}

// hands is an issuer that does something wrong once among many.
type hands struct {
	mu    sync.Mutex
	n     int
	wrong func(n int, right bool) string // the answer instead, by the number of the request; empty for the right one
}

func (h *hands) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.n++
	n := h.n
	_, secret, _ := r.BasicAuth()
	instead := h.wrong(n, secret == "right+secret")
	h.mu.Unlock()
	if instead != "" {
		fmt.Fprint(w, instead)
		return
	}
	if secret != "right+secret" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"invalid_client"}`)
		return
	}
	fmt.Fprintf(w, `{"access_token":"token-number-%d","token_type":"Bearer","expires_in":60}`, n)
}

// One wrong answer among hundreds fails the step, with evidence that holds no token.
func TestIssueFindsThePlanted(t *testing.T) {
	t.Parallel()
	again, done := `{"access_token":"token-number-again","token_type":"Bearer","expires_in":60}`, 0
	twice := func(n int, right bool) string { // of all that have the right secret, two in the middle
		if !right || n < 200 || done == 2 {
			return ""
		}
		done++
		return again
	}
	for name, tt := range map[string]struct {
		wrong func(n int, right bool) string
		want  string // of the reason; empty for a step without a wrong answer
	}{
		"nothing wrong": {func(int, bool) string { return "" }, ""},
		"a token twice": {twice, "a token was issued that had been issued in this step before"},
		"the same answer twice": {func(n int, right bool) string {
			return map[bool]string{true: `{"access_token":"token-number-9999","token_type":"Bearer","expires_in":60}`}[right && n > 300]
		}, "issued in this step before"},
		"a wrong secret let in": {func(n int, right bool) string {
			return map[bool]string{true: `{"access_token":"token-number-x"}`}[!right && n > 32]
		}, "with a wrong secret was let in"},
	} {
		server := httptest.NewServer(&hands{wrong: tt.wrong})
		t.Cleanup(server.Close)
		inst := &targets.Instance{Target: declaring("opaque"), Secrets: redact.New(), Verifier: server.URL, Endpoints: targets.Endpoints{targets.TokenEndpoint: server.URL},
			Clients: []targets.Client{{ID: "a", Form: "opaque", Scopes: []string{"read"}, Secret: "right secret"}}}
		o := scenarios.Options{Targets: []targets.Target{inst.Target}, Whole: true, Profile: scenarios.Profiles()[0]}
		o.Profile.Load = results.Offered{Arrivals: results.Constant, Rate: 800, Duration: results.Duration(500 * time.Millisecond), Tokens: 8}
		s := scenario(t, "issue")
		steps, _ := s.Plan(o)
		r, err := s.Run(t.Context(), steps[0], scenarios.Site{Instance: inst, Seed: 1, Progress: func(float64, string) {}})
		if err != nil || r.Series == nil {
			t.Fatal(err, r.Reason)
		}
		v := r.Series.Verdicts
		if (r.Verdict == results.Fail) != (tt.want != "") || !strings.Contains(v.First, tt.want) || strings.Contains(v.First+r.Reason, "token-number") {
			t.Errorf("%s: %v %q, verdicts %+v", name, r.Verdict, r.Reason, v)
		}
		if v.RightAllow < 90 || v.RightDeny == 0 && !strings.Contains(name, "secret") || v.TransportError > 0 {
			t.Errorf("%s: verdicts %+v", name, v)
		}
	}
}

// Of a hundred thousand tokens none is kept, and each is recognized.
func TestIssuedKeepsNoToken(t *testing.T) {
	t.Parallel()
	is := newIssued("opaque")
	r := Request{About: "a token request", Right: Allow, Read: is.read(targets.Client{ID: "c"}, Allow), Afresh: true}
	o := newOracle(newTimeline([]Request{r}, nil), nil)
	const tokens = 100_000
	for n := range tokens {
		body := fmt.Appendf(nil, `{"access_token":"token-number-%d","token_type":"Bearer","expires_in":60}`, n)
		o.judge(0, time.Time{}, time.Time{}, 200, body, "")
	}
	if o.counts.RightAllow != tokens || o.right[0] != nil || len(is.seen) != tokens {
		t.Errorf("counts %+v, kept %q", o.counts, o.right[0])
	}
	o.judge(0, time.Time{}, time.Time{}, 200, []byte(`{"access_token":"token-number-77","token_type":"Bearer","expires_in":60}`), "")
	if o.counts.WrongAllow != 1 || strings.Contains(o.counts.First, "77") {
		t.Errorf("counts %+v after one that had been issued", o.counts)
	}
}
