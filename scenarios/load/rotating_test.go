package load

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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

	current int
	known   map[string]bool
	made    map[string]string // the kid of each token
}

func (k *keyed) issue(t *testing.T, n int) (out []Token) {
	t.Helper()
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

func (k *keyed) serve(_ time.Time, value string) int {
	kid, good := k.made[value]
	if good && !k.known[kid] {
		if k.fails {
			return http.StatusServiceUnavailable
		}
		if k.forgets {
			clear(k.known)
		}
		if good = k.fetches && (!k.forgets || kid == fmt.Sprint("key ", k.current)); good {
			k.known[kid] = true
		}
	}
	if !good {
		return http.StatusUnauthorized
	}
	return http.StatusOK
}

// Who refuses a token of the old key or of the new one is caught, and so is who can't tell.
func TestRotating(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server  keyed
		right   func(v results.SampleVerdicts) bool
		failed  bool   // the rotation
		broken  string // the figure that is beyond its limit
		fetches int64
	}{
		"follows":                 {keyed{fetches: true}, func(v results.SampleVerdicts) bool { return v.WrongDeny+v.TransportError == 0 }, false, "", 1},
		"doesn't fetch":           {keyed{}, func(v results.SampleVerdicts) bool { return v.WrongDeny > 50 }, false, "", 0},
		"forgets the old key":     {keyed{fetches: true, forgets: true}, func(v results.SampleVerdicts) bool { return v.WrongDeny > 50 }, false, "", 1},
		"can't tell for a while":  {keyed{fails: true}, func(v results.SampleVerdicts) bool { return v.TransportError > 50 && v.WrongDeny == 0 }, false, "errors after the rotation", 1},
		"is given no new key":     {keyed{stuck: true}, func(v results.SampleVerdicts) bool { return v.WrongDeny+v.TransportError == 0 }, true, "", 0},
		"fetches again and again": {keyed{fetches: true}, func(v results.SampleVerdicts) bool { return v.WrongDeny == 0 }, false, "key set fetches", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, clock := test.server, newPlayed()
			k.known, k.made = map[string]bool{"key 0": true}, map[string]string{}
			s := &rotating{url: "http://rs.test", good: k.issue(t, warmConnections+8), turning: k.issue(t, 4), duration: 400 * time.Millisecond, seed: 1, now: clock.now,
				rotate: func(context.Context) error {
					if !k.stuck {
						k.current++
					}
					return nil
				}}
			s.renew = func(context.Context) ([]Token, error) { return k.issue(t, 4), nil }
			l, err := s.traffic(400)
			if err != nil {
				t.Fatal(err)
			}
			v, failed := clock.run(t, l, 1000, s.duration, k.serve)
			if !test.right(v) || v.WrongAllow > 0 || v.RightAllow < 50 || v.Total() != 400 || (len(failed) > 0) != test.failed {
				t.Errorf("verdicts %+v, failed %v", v, failed)
			}
			figures := map[string]float64{}
			for _, f := range l.Figures(Measurement{Counters: []results.Counter{{Name: "jwks_fetches", Count: test.fetches}}}) {
				if figures[f.Name] = f.Value; f.Broken() != (f.Name == test.broken) {
					t.Errorf("figure %+v, want %q beyond its limit", f, test.broken)
				}
			}
			if got, seen := figures["new key, from its first token presented to the first let in"]; seen != k.fetches || seen && got != takes.Seconds() {
				t.Errorf("figures %v, want when the first new token was let in: %v", figures, k.fetches)
			}
			for _, name := range []string{"p90 before the rotation", "p90 after the rotation"} {
				if got := figures[name]; got < 0.9*takes.Seconds() || got > 1.1*takes.Seconds() {
					t.Errorf("%s is %v s, want %v", name, got, takes)
				}
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

// What an event makes of a request reaches the server, from then on.
func TestLateHeaderIsSent(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Header.Get("Authorization")]++
		fmt.Fprint(w, `{"client_id":"c","scope":"read"}`)
	}))
	t.Cleanup(server.Close)
	schedule, err := NewSchedule(results.Constant, 200, 400*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	ask := bearer(server.URL, "old", Allow)
	ask.Late = new(Late)
	m, err := Drive(t.Context(), Load{Schedule: schedule, Workers: 64, Timeout: time.Minute, Traffic: Traffic{Requests: []Request{ask}, Order: []uint32{0},
		Events: []Event{{Name: "change it", At: 200 * time.Millisecond, Do: func(context.Context) error {
			ask.Late.Set(http.Header{"Authorization": {"Bearer new"}})
			return nil
		}}}}})
	if err != nil || len(m.Events) > 0 {
		t.Fatal(err, m.Events)
	}
	if seen["Bearer old"] == 0 || seen["Bearer new"] == 0 || seen["Bearer old"]+seen["Bearer new"] != 80 {
		t.Errorf("the server saw %v, want both headers, and nothing else", seen)
	}
}
