package load

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// All that is to be known has been presented before the outage, and what is new has not.
func TestOutageOrder(t *testing.T) {
	t.Parallel()
	p := outageParts{known: []int{0, 1, 2, 3}, badKnown: []int{4}, fresh: []int{5, 6}, badFresh: []int{7}}
	s, err := NewSchedule(results.Poisson, 200, 5*time.Second, 3)
	if err != nil {
		t.Fatal(err)
	}
	from, to := time.Second, 3*time.Second
	order := p.order(s.due, from, 3)
	if again := p.order(s.due, from, 3); !slices.Equal(order, again) || len(order) != len(s.due) {
		t.Errorf("%d arrivals; the same seed gives another order", len(order))
	}
	early, times := map[uint32]bool{}, map[uint32]int{}
	for i, r := range order {
		switch at := s.due[i]; {
		case at < from-settled:
			early[r] = true
		case at >= from && at < to:
			times[r]++
		}
		if s.due[i] < from && (slices.Contains(p.fresh, int(r)) || slices.Contains(p.badFresh, int(r))) {
			t.Errorf("request %d is presented at %v, and is to be new at %v", r, s.due[i], from)
		}
	}
	for r := range uint32(8) {
		if known := r < 5; known && !early[r] || times[r] == 0 {
			t.Errorf("request %d: early %v, %d times in the outage", r, early[r], times[r])
		}
	}
}

// As many tokens are known as there is time for, each fourth with a bad one beside.
func TestKnownBy(t *testing.T) {
	t.Parallel()
	s, err := NewSchedule(results.Constant, 100, 5*time.Second, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from       time.Duration
		most, want int
	}{{time.Second + settled, 50, 50}, {time.Second + settled, 100, 75}, {settled + 70*time.Millisecond, 100, 1}, {settled + 10*time.Millisecond, 100, 0}} {
		got, err := knownBy(s.due, tt.from, tt.most)
		if got != tt.want || (err == nil) != (tt.want > 0) || err != nil && !strings.Contains(err.Error(), "--rate") {
			t.Errorf("from %v, %d at most: %d, %v; want %d", tt.from, tt.most, got, err, tt.want)
		}
	}
}

// A scenario of each strategy with one form and few values, unless others are named.
func TestPerStrategyPlan(t *testing.T) {
	t.Parallel()
	usual := declaring("opaque", "RS256", "ES256", "PS256")
	for _, tt := range []struct {
		scenario string
		o        scenarios.Options
		profile  int
		want     string
	}{
		{"rtt/introspect", scenarios.Options{Whole: true}, 0, "opaque/0ms opaque/1ms opaque/5ms opaque/20ms |"},
		{"rtt/local", scenarios.Options{Whole: true}, 0, "ES256/0ms ES256/1ms ES256/5ms ES256/20ms |"},
		{"rtt/local", scenarios.Options{Items: []string{"rtt/local/PS256/5ms"}}, 0, "PS256/5ms |"},
		{"rtt/local", scenarios.Options{Whole: true, Forms: []string{"opaque"}}, 0, "| opaque/0ms opaque/1ms opaque/5ms opaque/20ms"},
		{"outage/introspect", scenarios.Options{Whole: true}, 0, "opaque/frozen opaque/down |"},
		{"outage/introspect", scenarios.Options{Whole: true, Items: []string{"outage/introspect/opaque/down", "outage/introspect/ES256/slow"}}, 0, "opaque/frozen opaque/down ES256/slow |"},
		{"outage/local-cached", scenarios.Options{Whole: true}, 2, "ES256/frozen ES256/down ES256/slow ES256/error ES256/reset |"},
		{"outage/introspect", scenarios.Options{Whole: true, Forms: []string{AllForms}}, 0, "opaque/frozen opaque/down RS256/frozen RS256/down ES256/frozen ES256/down PS256/frozen PS256/down |"},
	} {
		tt.o.Targets, tt.o.Profile = []targets.Target{usual}, scenarios.Profiles()[tt.profile]
		steps, skipped := scenario(t, tt.scenario).Plan(tt.o)
		var got []string
		for _, s := range steps {
			if s.Repetition > 1 {
				continue
			}
			got = append(got, s.Axes[1].Value+"/"+s.Axes[2].Value)
			if family, _, _ := strings.Cut(tt.scenario, "/"); s.ID != tt.scenario+"/"+got[len(got)-1]+"@x#1" || s.Axis(family).Value == "" || s.Remote {
				t.Errorf("step %+v", s)
			}
			if strings.HasPrefix(tt.scenario, "outage") && (time.Duration(s.Load.Duration) < minOutageStep || s.Takes <= s.Load.Duration) {
				t.Errorf("step %s takes %v", s.ID, s.Load.Duration)
			}
		}
		got = append(got, "|")
		for _, s := range skipped {
			got = append(got, strings.TrimPrefix(s.ID, tt.scenario+"/"))
			if s.Reason == "" {
				t.Errorf("skip %+v", s)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s with %+v: %q, want %q", tt.scenario, tt.o, got, tt.want)
		}
	}
	closed := scenarios.Options{Targets: []targets.Target{usual}, Profile: scenarios.Profiles()[0], Whole: true}
	closed.Profile.Load.Arrivals, closed.Profile.Load.Workers = results.Closed, 4
	if steps, skipped := scenario(t, "outage/local").Plan(closed); len(steps) > 0 || len(skipped) != 2 || !strings.Contains(skipped[0].Reason, "--arrivals") {
		t.Errorf("steps %v, skipped %v", steps, skipped)
	}
	// What selects a scenario selects no item of it, and each item can be had.
	sel, err := scenarios.Select(Scenarios(), []string{"outage/local/ES256/reset"})
	if err != nil || len(sel) != 1 || sel[0].Whole || !slices.Equal(sel[0].Parts, []string{"outage/local/ES256/reset"}) {
		t.Errorf("selected %+v, %v", sel, err)
	}
}
