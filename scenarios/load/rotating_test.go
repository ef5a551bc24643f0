package load

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// keyed is an issuer whose key has a number, and a resource server that knows some of them.
type keyed struct {
	fetches bool // the resource server fetches a key that it doesn't know
	forgets bool // and forgets the ones before
	fails   bool // or answers that it can't, for a while
	stuck   bool // the issuer says that it has a new key, and signs with the old one

	mu      sync.Mutex
	current int
	known   map[string]bool
	made    map[string]string // the kid of each token
}

func (k *keyed) issue(t *testing.T, n int) (out []Token) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	for range n {
		kid := fmt.Sprint("key ", k.current)
		text, err := forge.Token(fmt.Appendf(nil, `{"alg":"ES256","kid":%q}`, kid), fmt.Appendf(nil, `{"jti":"%d"}`, len(k.made)), func([]byte) ([]byte, error) { return make([]byte, 64), nil })
		if err != nil {
			t.Fatal(err)
		}
		k.made[text] = kid
		out = append(out, Token{Value: text, Client: targets.Client{ID: "c"}, Scope: "read"})
	}
	return out
}

func (k *keyed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kid, good := k.made[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if good && !k.known[kid] {
		if k.fails {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if k.forgets {
			clear(k.known)
		}
		if good = k.fetches && (!k.forgets || kid == fmt.Sprint("key ", k.current)); good {
			k.known[kid] = true
		}
	}
	if !good {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	fmt.Fprint(w, `{"client_id":"c","scope":"read"}`)
}

func TestRotating(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server  *keyed
		verdict results.Verdict
		reason  string
		broken  string // the figure that is beyond its limit
	}{
		"follows":                 {&keyed{fetches: true}, results.Pass, "", ""},
		"doesn't fetch":           {&keyed{}, results.Fail, "wrong denies: a good token, of the new key as soon as there was one", ""},
		"forgets the old key":     {&keyed{fetches: true, forgets: true}, results.Fail, "wrong denies", ""},
		"can't tell for a while":  {&keyed{fails: true}, results.Inconclusive, "no judgement", "errors after the rotation"},
		"is given no new key":     {&keyed{stuck: true}, results.Inconclusive, "still signs with the old key", ""},
		"fetches again and again": {&keyed{fetches: true}, results.Pass, "", "key set fetches"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := test.server
			k.known, k.made = map[string]bool{"key 0": true}, map[string]string{}
			server := httptest.NewServer(k)
			t.Cleanup(server.Close)
			s := &rotating{url: server.URL, good: k.issue(t, warmConnections+8), turning: k.issue(t, 4), duration: 400 * time.Millisecond, seed: 1,
				rotate: func(context.Context) error {
					k.mu.Lock()
					defer k.mu.Unlock()
					if !k.stuck {
						k.current++
					}
					return nil
				}}
			s.renew = func(context.Context) ([]Token, error) { return k.issue(t, 4), nil }
			schedule, err := NewSchedule(results.Constant, 1000, s.duration, 1)
			if err != nil {
				t.Fatal(err)
			}
			l := Load{Schedule: schedule, Workers: 64, Timeout: time.Minute}
			if l.Traffic, err = s.traffic(schedule.arrivals()); err != nil {
				t.Fatal(err)
			}
			m, err := Drive(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			verdict, reason, _, _ := Judge(m, schedule, false)
			if timed := slices.ContainsFunc([]string{"generator", "processors"}, func(word string) bool { return strings.Contains(reason, word) }); !timed && verdict != test.verdict || !strings.Contains(reason, test.reason) {
				t.Errorf("verdict %v (%s), want %v: %s", verdict, reason, test.verdict, test.reason)
			}
			m.Counters = []results.Counter{{Name: "jwks_fetches", Count: 1}}
			if test.broken == "key set fetches" {
				m.Counters[0].Count = 2
			}
			figures := l.Figures(m)
			for _, f := range figures {
				if f.Broken() != (f.Name == test.broken) {
					t.Errorf("figure %+v, want %q beyond its limit", f, test.broken)
				}
			}
			first := slices.IndexFunc(figures, func(f results.Figure) bool { return strings.HasPrefix(f.Name, "new key") })
			if (first >= 0) != k.fetches || first >= 0 && (figures[first].Value <= 0 || figures[first].Value > 1) {
				t.Errorf("figures %+v, want when the first new token was let in: %v", figures, k.fetches)
			}
			p90s := 0
			for _, f := range figures {
				if strings.HasPrefix(f.Name, "p90") && f.Value > 0 {
					p90s++
				}
			}
			if p90s != 2 {
				t.Errorf("figures %+v, want p90 before and after", figures)
			}
		})
	}
}

// Only strategies that fetch keys are asked to follow, and only our issuer can be told to
// rotate.
func TestRotationPlan(t *testing.T) {
	t.Parallel()
	ours := revocable("opaque", "RS256", "ES256")
	ours.Process = &targets.ProcessSpec{Command: []string{"${self}"}}
	o := scenarios.Options{Profile: scenarios.Profiles()[1], Whole: true, Targets: []targets.Target{ours}}
	steps, skipped := scenario(t, "rotation/local").Plan(o)
	if len(steps) != 1 || steps[0].ID != "rotation/local/ES256@x#1" || len(skipped) != 0 || time.Duration(steps[0].Load.Duration) != 2*oneKey {
		t.Errorf("steps %v, skipped %v", steps, skipped)
	}
	o.Forms = []string{"opaque", "RS256"}
	if steps, skipped = scenario(t, "rotation/local").Plan(o); len(steps) != 1 || steps[0].Axis("form").Value != "RS256" || len(skipped) != 1 {
		t.Errorf("of two forms: %v, skipped %v", steps, skipped)
	}
	o.Forms, o.Targets = nil, []targets.Target{revocable("opaque", "RS256", "ES256")}
	if steps, skipped = scenario(t, "rotation/local").Plan(o); len(steps) > 0 || len(skipped) != 1 || !strings.Contains(skipped[0].Reason, "new key") {
		t.Errorf("of another server: %v, skipped %v", steps, skipped)
	}
	for _, s := range Scenarios() {
		if s.Name == "rotation/introspect" {
			t.Error("a strategy without keys is asked to follow")
		}
	}
}

// What a request presents changes from one sending to the next.
func TestLateHeader(t *testing.T) {
	t.Parallel()
	r := Request{Header: http.Header{"Authorization": {"Bearer old"}}, Late: new(Late)}
	if got := r.header().Get("Authorization"); got != "Bearer old" {
		t.Errorf("before: %q", got)
	}
	r.Late.Set(http.Header{"Authorization": {"Bearer new"}})
	if got := r.header().Get("Authorization"); got != "Bearer new" {
		t.Errorf("afterwards: %q", got)
	}
}
