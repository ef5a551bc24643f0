package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/between"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// beside starts an issuer of opaque tokens, a proxy before it, and the reference resource
// server, which asks by the proxy. Around is put around the resource server.
func beside(t *testing.T, around func(http.Handler) http.Handler) *targets.Instance {
	t.Helper()
	var mu sync.Mutex
	issued := map[string]bool{}
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/token":
			value := fmt.Sprintf("token-%027d", len(issued))
			issued[value] = true
			_ = json.NewEncoder(w).Encode(map[string]any{"access_token": value, "token_type": "Bearer", "expires_in": 3600})
		case "/introspect":
			if !issued[r.PostFormValue("token")] {
				fmt.Fprint(w, `{"active":false}`)
				return
			}
			fmt.Fprintf(w, `{"active":true,"client_id":"a","scope":"read","aud":"r","exp":%d}`, time.Now().Add(time.Hour).Unix())
		}
	}))
	t.Cleanup(issuer.Close)
	p, err := between.New(between.Options{To: issuer.Listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	at := "http://" + l.Addr().String()
	v, err := verifier.New(verifier.Config{Issuer: issuer.URL, Resource: "r", Algorithms: verifier.Algorithms(), Cache: verifier.DefaultCache(),
		IntrospectionEndpoint: at + "/introspect", JWKSURI: at + "/jwks", ClientID: "c", ClientSecret: "s"}, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	resource := httptest.NewServer(around(v))
	t.Cleanup(resource.Close)
	return &targets.Instance{Target: declaring("opaque"), Secrets: redact.New(), Issuer: issuer.URL, Verifier: resource.URL, Between: targets.ProxyAt(at, at),
		Endpoints: targets.Endpoints{targets.TokenEndpoint: issuer.URL + "/token", targets.IntrospectionEndpoint: issuer.URL + "/introspect"},
		Clients:   []targets.Client{{ID: "a", Form: "opaque", Scopes: []string{"read"}}}}
}

// outageStep is a short step with an outage of the kind.
func outageStep(strategy, kind string) results.Step {
	return results.Step{Axes: []results.Axis{{Name: "strategy", Value: strategy}, {Name: "form", Value: "opaque"}, {Name: "outage", Value: kind}},
		Load: &results.Offered{Arrivals: results.Constant, Rate: 150, Duration: results.Duration(2 * time.Second), Tokens: 8}}
}

// withOutage drives the step and returns what it measured, and its figures by name. Where
// the machine is so busy that the step itself says that it saw nothing, it is done again.
func withOutage(t *testing.T, around func(http.Handler) http.Handler, step results.Step) (Measurement, map[string]results.Figure) {
	t.Helper()
	for attempt := 1; ; attempt++ {
		traffic, err := unwell(t.Context(), new(stale), step, scenarios.Site{Instance: beside(t, around), Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewSchedule(step.Load.Arrivals, step.Load.Rate, time.Duration(step.Load.Duration), 1)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Drive(t.Context(), Load{Traffic: traffic, Schedule: s, Workers: 1000, Timeout: 20 * time.Second})
		if err != nil || len(m.Events) > 0 {
			t.Fatal(err, m.Events)
		}
		switch why := traffic.Doubt(); {
		case why == "":
		case attempt < 5:
			t.Log(why)
			continue
		case strings.Contains(why, busyAdvice):
			t.Skip(why)
		default:
			t.Fatal(why)
		}
		figures := map[string]results.Figure{}
		for _, f := range traffic.Figures(m) {
			figures[f.Name] = f
		}
		return m, figures
	}
}

func asIs(h http.Handler) http.Handler { return h }

// Each kind of outage has the effect on the reference that the strategy declares, which
// nobody can take for a fault, and is over when it is over.
func TestOutage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		strategy, kind    string
		known, fresh      float64 // let in, in percent
		unanswered, waits bool    // some got no judgement; some waited for the end
	}{
		{"introspect", "down", 0, 0, true, false},
		{"introspect", "frozen", 0, 0, false, true},
		{"introspect", "error", 0, 0, true, false},
		{"introspect", "reset", 0, 0, true, false},
		{"introspect-cached", "down", 100, 0, true, false},
		{"introspect-cached", "frozen", 100, 0, false, true},
	} {
		t.Run(tt.strategy+" "+tt.kind, func(t *testing.T) {
			t.Parallel()
			m, figures := withOutage(t, asIs, outageStep(tt.strategy, tt.kind))
			v := m.Verdicts
			if v.WrongAllow+v.WrongDeny+v.TransportError > 0 || v.RightAllow == 0 || v.RightDeny == 0 || (v.Excused > 0) != tt.unanswered {
				t.Errorf("verdicts %+v", v)
			}
			for name, want := range map[string]float64{"let in: known tokens": tt.known, "let in: new tokens": tt.fresh} {
				if f, ok := figures[name]; !ok || f.Value > want || f.Limit == nil || *f.Limit > want || f.Broken() {
					t.Errorf("%s: %+v, want %g", name, f, want)
				}
			}
			if w := figures["waited for the end: new tokens"]; (w.Value > 50) != tt.waits {
				t.Errorf("waited %+v", w)
			}
			if f, ok := figures["well again after"]; !ok || f.Value < 0 {
				t.Errorf("well again after %+v", f)
			}
			unanswered, all := int64(0), int64(0)
			for _, p := range m.Timeline.Phases {
				unanswered, all = unanswered+p.Answers.Unanswered, all+p.Answers.Total()
			}
			if len(m.Timeline.Moments) != 20 || len(m.Timeline.Phases) != 3 || unanswered != v.Excused || all != m.Sent {
				t.Errorf("timeline %+v of %+v", m.Timeline, v)
			}
		})
	}
}

// A slow issuer is no dead one: what is let in late is let in, and nothing is a limit.
func TestSlowIssuer(t *testing.T) {
	t.Parallel()
	m, figures := withOutage(t, asIs, outageStep("introspect", "slow"))
	if v := m.Verdicts; v.WrongAllow+v.WrongDeny+v.TransportError+v.Excused > 0 {
		t.Errorf("verdicts %+v", v)
	}
	if f := figures["let in: new tokens"]; f.Limit != nil || time.Duration(m.Timeline.Phases[1].Answers.P99) < 500*time.Millisecond {
		t.Errorf("figure %+v, phases %+v", f, m.Timeline.Phases)
	}
}

// Three resource servers that do in an outage what none may, or none that says so: each is
// found out.
func TestOutageFindsDefects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		strategy string
		around   func(http.Handler) http.Handler
		check    func(m Measurement, figures map[string]results.Figure) bool
	}{
		{"an outage is remembered as inactive", "introspect-cached", gives(http.StatusUnauthorized, `{"error":"invalid_token","error_description":"the token is not active"}`),
			func(m Measurement, _ map[string]results.Figure) bool {
				return m.Verdicts.WrongDeny > 0 && m.Timeline.Phases[2].Answers.Wrong > 0 && strings.Contains(m.Verdicts.First, "first presented in the outage was refused with 401")
			}},
		{"an outage opens the door", "introspect-cached", gives(http.StatusOK, `{"client_id":"a","scope":"read"}`),
			func(m Measurement, _ map[string]results.Figure) bool { return m.Verdicts.WrongAllow > 0 }},
		{"answers are remembered by a strategy that says that it asks", "introspect", func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.URL.Path = strings.Replace(r.URL.Path, "/introspect/", "/introspect-cached/", 1)
				h.ServeHTTP(w, r)
			})
		}, func(_ Measurement, figures map[string]results.Figure) bool {
			return figures["let in: known tokens"].Broken()
		}},
		{"nothing is remembered by a strategy that says so", "introspect-cached", func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.URL.Path = strings.Replace(r.URL.Path, "/introspect-cached/", "/introspect/", 1)
				h.ServeHTTP(w, r)
			})
		}, func(_ Measurement, figures map[string]results.Figure) bool {
			return figures["let in: known tokens"].Broken()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, figures := withOutage(t, tt.around, outageStep(tt.strategy, "down"))
			if !tt.check(m, figures) {
				t.Errorf("not found out: %+v, %+v", m.Verdicts, figures)
			}
		})
	}
}

// gives is a resource server that gives this answer, from its first 503 about a token
// on, to whoever presents that token.
func gives(status int, body string) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		var mu sync.Mutex
		failed := map[string]bool{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token := r.Header.Get("Authorization")
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			mu.Lock()
			defer mu.Unlock()
			if failed[token] = failed[token] || rec.Code == http.StatusServiceUnavailable; failed[token] {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
				return
			}
			w.WriteHeader(rec.Code)
			_, _ = w.Write(rec.Body.Bytes())
		})
	}
}

// The proxy's delay is measured, and one that isn't what the step says is no measurement.
func TestProbe(t *testing.T) {
	t.Parallel()
	inst := beside(t, asIs)
	if _, err := probe(t.Context(), inst, 0); err != nil {
		t.Fatal(err)
	}
	const delay = 30 * time.Millisecond
	if _, err := probe(t.Context(), inst, delay); err == nil || !strings.Contains(err.Error(), "it is to add 30ms") {
		t.Errorf("error %v, where nothing is added", err)
	}
	if err := inst.Between.Set(t.Context(), between.Condition{Mode: between.Pass, Delay: delay}); err != nil {
		t.Fatal(err)
	}
	a, err := probe(t.Context(), inst, delay)
	if err == nil && (a.median < delay || a.low > a.median || a.high < a.median) || err != nil && !strings.Contains(err.Error(), "is this machine busy?") {
		t.Errorf("added %+v, %v", a, err)
	}
}

// An outage in which nothing was presented says nothing, and the step doesn't pass.
func TestOutageUnseen(t *testing.T) {
	t.Parallel()
	step := outageStep("introspect", "down")
	now := time.Now()
	v := newOutageView(outageParts{known: []int{0, 2}, fresh: []int{1, 3}})
	v.broken, v.mending, v.mended = now, now.Add(time.Second), now.Add(time.Second)
	saw := func(request int, sent time.Duration) {
		at := now.Add(sent)
		v.observe(Observed{Request: request, Due: at, Sent: at, Answered: at.Add(time.Millisecond), Status: 503, Said: Unjudged})
	}
	saw(0, -time.Second)
	saw(0, time.Millisecond) // it wasn't let in before, and so isn't known
	v.observe(Observed{Request: 2, Due: now.Add(-time.Second / 2), Sent: now.Add(-time.Second), Answered: now.Add(-time.Second / 2), Status: 200, Said: Allow})
	if why := v.doubt(); !strings.Contains(why, "lasted for 1s, and no known tokens") {
		t.Errorf("doubt %q", why)
	}
	saw(2, time.Millisecond)
	saw(1, -time.Millisecond) // it may be known by then
	saw(1, 2*time.Millisecond)
	if why := v.doubt(); !strings.Contains(why, "no new tokens") {
		t.Errorf("doubt %q", why)
	}
	saw(3, time.Second) // too near the end
	if v.doubt() == "" {
		t.Error("an answer right before the end counts")
	}
	saw(3, 3*time.Millisecond)
	if why := v.doubt(); why != "" {
		t.Errorf("doubt %q", why)
	}
	for _, f := range v.figures(step.Axis("strategy").Value, outages[1]) {
		if f.Broken() {
			t.Errorf("figure %+v", f)
		}
	}
	v.observe(Observed{Request: 2, Due: now.Add(-time.Second), Sent: now.Add(-time.Second), Answered: now.Add(-time.Second / 2), Status: 200, Said: Allow})
	if why := v.doubt(); !strings.Contains(why, "answers took 500ms at p99 before the outage") {
		t.Errorf("doubt %q", why)
	}
	for _, f := range v.figures("introspect-cached", outages[1]) {
		if f.Limit != nil {
			t.Errorf("figure %+v has a limit, and it isn't known what the outage did", f)
		}
	}
}
