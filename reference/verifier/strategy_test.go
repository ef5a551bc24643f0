package verifier

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// listening notes which paths are asked for.
type listening struct{ paths sync.Map }

func (l *listening) RoundTrip(r *http.Request) (*http.Response, error) {
	l.paths.Store(r.URL.Path, true)
	return http.DefaultTransport.RoundTrip(r)
}

// What is said of each strategy is what it does: which tokens it judges, and which of
// the issuer's endpoints it asks.
func TestDescribeStrategies(t *testing.T) {
	t.Parallel()
	for _, name := range Strategies() {
		d, ok := Describe(name)
		if !ok || d.Name != name || d.Does == "" || !d.Opaque && !d.SelfContained {
			t.Errorf("%s: described as %+v", name, d)
		}
		if d.Store != "" {
			continue // their tests have the stores
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issuer := newRealIssuer(t)
			config := issuer.config()
			config.EventsURI = issuer.url + "/events"
			heard := &listening{}
			v := newVerifier(t, config, Options{Now: issuer.clock.now, Client: &http.Client{Transport: heard}})
			s := strategy(t, v, name)
			forms := map[string]bool{"opaque": d.Opaque, "ES256": d.SelfContained}
			if d.Form != "" {
				forms = map[string]bool{d.Form + "ES256": true}
			}
			for form, judged := range forms {
				if _, err := s.Judge(t.Context(), issuer.obtain(t, form)); (err == nil) != judged {
					t.Errorf("a token of form %s: %v", form, err)
				}
			}
			if risky, ok := s.(Judicious); ok {
				if _, err := risky.JudgeRisky(t.Context(), issuer.obtain(t, "ES256")); err != nil {
					t.Error(err)
				}
			}
			for member, path := range endpoints(t, config) {
				asks := slices.Contains(d.Asks, member)
				if asks { // the stream of events is asked for aside
					await(t.Context(), t, func() bool { _, asked := heard.paths.Load(path); return asked })
				} else if _, asked := heard.paths.Load(path); asked {
					t.Errorf("it asks %s, which isn't said", member)
				}
			}
		})
	}
	if _, ok := Describe("other"); ok {
		t.Error("a strategy that there is not is described")
	}
}

// endpoints are the members of a configuration that name endpoints, with their paths.
func endpoints(t *testing.T, config Config) map[string]string {
	t.Helper()
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{}
	for member, value := range members {
		if strings.HasSuffix(member, "_uri") || strings.HasSuffix(member, "_endpoint") {
			u, err := url.Parse(value.(string))
			if err != nil {
				t.Fatal(err)
			}
			paths[member] = u.Path
		}
	}
	if len(paths) != 5 {
		t.Fatalf("endpoints %v", paths)
	}
	return paths
}

// The table of counters is complete, and is what /counters tells.
func TestCounterTable(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(Counters{})
	if err != nil {
		t.Fatal(err)
	}
	var told map[string]int64
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	for _, c := range CounterTable() {
		if _, ok := told[c.Name]; !ok || c.About == "" || !slices.Contains([]string{"", "issuer", "store"}, c.Of) || c.PerToken && c.Of == "" {
			t.Errorf("%+v", c)
		}
		delete(told, c.Name)
	}
	if len(told) > 0 {
		t.Errorf("not in the table: %v", told)
	}
	var counted Counters
	counted.Events.add()
	if got := counted.read(); got != (Counters{Events: 1}) {
		t.Errorf("read %+v", got)
	}
}
