package load

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// What fills the caches is sent before the clock starts, each so long before as it says,
// and isn't measured.
func TestPrime(t *testing.T) {
	t.Parallel()
	type arrival struct {
		token string
		at    time.Time
	}
	var mu sync.Mutex
	var came []arrival
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		came = append(came, arrival{strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), time.Now()})
		fmt.Fprint(w, `{"client_id":"c","scope":"read"}`)
	}))
	t.Cleanup(server.Close)
	s, err := NewSchedule(results.Constant, 100, 100*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Time{}
	m, err := Drive(t.Context(), Load{Traffic: Traffic{Requests: []Request{bearer(server.URL, "a", Allow), bearer(server.URL, "b", Allow), bearer(server.URL, "c", Allow)},
		Order: []uint32{1}, Prime: []Primed{{2, 200 * time.Millisecond}, {0, 100 * time.Millisecond}}},
		Schedule: s, Workers: 4, Timeout: time.Second, Begin: func() { begun = time.Now() }})
	if err != nil || m.Sent != 10 || m.Verdicts.RightAllow != 10 || len(came) != 12 {
		t.Fatalf("%d requests came, %d were measured, %v; want 12 and 10", len(came), m.Sent, err)
	}
	if came[0].token != "c" || came[1].token != "a" || came[2].token != "b" {
		t.Errorf("in the order %v", came)
	}
	if first, second := begun.Sub(came[0].at), begun.Sub(came[1].at); first < 195*time.Millisecond || second < 95*time.Millisecond || came[2].at.Before(begun) {
		t.Errorf("they came %v and %v before the clock started, want 200 and 100 ms", first, second)
	}
}

// A server that can't judge what fills its cache isn't measured.
func TestPrimeFails(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(server.Close)
	s, err := NewSchedule(results.Constant, 100, 100*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Drive(t.Context(), Load{Traffic: Traffic{Requests: []Request{bearer(server.URL, "a", Allow)}, Order: []uint32{0}, Prime: []Primed{{}}},
		Schedule: s, Workers: 4, Timeout: time.Second})
	if err == nil || !strings.Contains(err.Error(), "fill the caches") {
		t.Errorf("error %v", err)
	}
}

// Every strategy with a cache is filled, and what isn't a steady state is said to be none.
func TestSteady(t *testing.T) {
	t.Parallel()
	requests, load := goodAndBad(1000), results.Offered{Rate: 400, Duration: results.Duration(2 * time.Second), Warm: results.Steady, Tokens: 800}
	count := func(ttl, negative time.Duration, load results.Offered) (good, bad int) {
		last := time.Duration(math.MaxInt64)
		for _, p := range steady(requests, shares(800, load, nil), load, ttl, negative, 1) {
			if p.Before > last {
				t.Error("not in the order of time")
			}
			if last = p.Before; requests[p.Request].Right == Deny {
				bad++
			} else {
				good++
			}
		}
		return good, bad
	}
	// 0.49 arrivals a second for each good token and 0.04 for each bad one: the shares of
	// entries are those of renewal theory.
	for _, tt := range []struct {
		ttl, negative time.Duration
		good, bad     float64
	}{{time.Second, 0, 0.33, 0}, {time.Hour, 5 * time.Second, 1, 0.12}, {0, time.Hour, 1, 0.99}} {
		good, bad := count(tt.ttl, tt.negative, load)
		if math.Abs(float64(good)/800-tt.good) > 0.05 || math.Abs(float64(bad)/200-tt.bad) > 0.06 {
			t.Errorf("remembered for %v and %v: %d of 800 good tokens and %d of 200 bad ones are presented", tt.ttl, tt.negative, good, bad)
		}
	}
	load.Arrivals = results.Closed
	if good, bad := count(time.Second, time.Second, load); good != 800 || bad != 200 {
		t.Errorf("closed: %d and %d are presented, want all", good, bad)
	}
	for _, tt := range []struct {
		load results.Offered
		want string
	}{
		{results.Offered{Warm: results.Steady, Tokens: 100}, ""},
		{results.Offered{Warm: results.Steady, Tokens: 101}, "cache-evicting"},
		{results.Offered{Warm: results.Steady, Arrivals: results.Closed}, "cache-fresh"},
		{results.Offered{Warm: results.Cold}, "cache-filling"},
		{results.Offered{}, ""},
	} {
		got := filling(tt.load, 100)
		if (tt.want == "") != (len(got) == 0) || len(got) == 1 && got[0].Code != tt.want {
			t.Errorf("%+v: %v, want %q", tt.load, got, tt.want)
		}
	}
}

// The scenario cache has a cell for each time to live, and what it is compared with, under
// each reuse and population.
func TestCachePlan(t *testing.T) {
	t.Parallel()
	p := scenarios.Profiles()[0]
	for _, tt := range []struct {
		declared []string
		o        scenarios.Options
		want     string
	}{
		{[]string{"opaque", "ES256", "RS256"}, scenarios.Options{}, "introspect-cached/opaque/250ms@x@reuse0 introspect-cached/opaque/250ms@x@reuse1 introspect-cached/opaque/1s@x@reuse0 " +
			"introspect-cached/opaque/1s@x@reuse1 introspect-cached/opaque/4s@x@reuse0 introspect-cached/opaque/4s@x@reuse1 local-cached/ES256@x@reuse0 local-cached/ES256@x@reuse1 local/ES256@x@reuse0 local/ES256@x@reuse1"},
		{[]string{"opaque", "ES256"}, scenarios.Options{Reuse: []float64{0.5}, TTLs: []time.Duration{time.Minute}}, "introspect-cached/opaque/1m0s@x local-cached/ES256@x local/ES256@x"},
		{[]string{"opaque", "ES256"}, scenarios.Options{Reuse: []float64{1}, Tokens: []int{5, 50}, TTLs: []time.Duration{time.Second}, Forms: []string{"opaque"}},
			"introspect-cached/opaque/1s@x@5tokens introspect-cached/opaque/1s@x@50tokens"},
		{[]string{"opaque", "ES256"}, scenarios.Options{Reuse: []float64{0}, TTLs: []time.Duration{time.Second}, WithoutForms: []string{"opaque"}}, "local-cached/ES256@x local/ES256@x"},
	} {
		tt.o.Targets, tt.o.Profile, tt.o.Whole = []targets.Target{declaring(tt.declared...)}, p, true
		steps, skipped := scenario(t, Cache).Plan(tt.o)
		var got []string
		for _, s := range steps {
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(s.ID, "cache/"), "#1"))
		}
		if strings.Join(got, " ") != tt.want || len(skipped) > 0 {
			t.Errorf("%v with %+v: %q and %v, want %q", tt.declared, tt.o, got, skipped, tt.want)
		}
	}
	steps, _ := scenario(t, Cache).Plan(scenarios.Options{Targets: []targets.Target{declaring("opaque")}, Profile: p, Whole: true, Reuse: []float64{0}})
	if len(steps) != 3 || steps[0].Takes != steps[2].Takes+results.Duration(250*time.Millisecond) {
		t.Errorf("steps of %v, %v and %v: want the first one to fill its cache for 250 ms, and the last one not to wait for its", steps[0].Takes, steps[1].Takes, steps[2].Takes)
	}
	lacks := declaring("opaque", "ES256")
	lacks.Capabilities = slices.DeleteFunc(lacks.Capabilities, func(c targets.Capability) bool { return c == targets.JWKS })
	steps, skipped := scenario(t, Cache).Plan(scenarios.Options{Targets: []targets.Target{lacks}, Profile: p, Whole: true, Reuse: []float64{0}})
	if len(steps) != 3 || len(skipped) != 2 || !strings.Contains(skipped[0].Reason, "jwks") {
		t.Errorf("%d steps, skipped %v: want the caches alone, and why", len(steps), skipped)
	}
}

// Whoever remembers more than the one request is one whose cache is filled.
func TestRemembers(t *testing.T) {
	t.Parallel()
	for _, name := range verifier.Strategies() {
		ttl, ok := remembers(name, verifier.DefaultCache())
		want := slices.Contains([]string{"introspect-cached", "introspect-push", "shared-cache", "phantom", "split", "local-cached"}, name)
		if ok != want || ok && (ttl == 0) != (name == "local-cached") {
			t.Errorf("%s: %v, %v", name, ttl, ok)
		}
	}
}

// Load goes to this machine, and to hosts that a person allowed: of each request.
func TestStays(t *testing.T) {
	t.Parallel()
	target := targets.Target{URL: "https://as.test", AllowHosts: []string{"as.test"}}
	for url, good := range map[string]bool{
		"http://127.0.0.1:1/x": true, "http://localhost/x": true, "https://[::1]/": true, "https://as.test/x": true, "https://AS.test:8443/": true,
		"https://other.test/": false, "https://as.test.other.test/": false, "https://192.0.2.1/": false, "": false, "https://as.test@other.test/": false,
	} {
		for _, traffic := range []Traffic{{Requests: []Request{{URL: "http://127.0.0.1/"}, {URL: url}}}, {Warm: []Request{{URL: url}}}} {
			if err := stays(traffic, target); (err == nil) != good {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
}
