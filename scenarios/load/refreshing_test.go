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

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// renewer is a token endpoint that knows refresh tokens.
type renewer struct {
	keeps  bool // the refresh token stays the same
	trusts bool // whatever is presented
	forgot bool // all that it issued
	mute   bool // its answers have no token
	life   int

	mu     sync.Mutex
	issued map[string]bool // false for one that was used
	warm   int
}

func (s *renewer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.PostFormValue("grant_type") {
	case "password":
		value := fmt.Sprintf("refresh-%030d", len(s.issued))
		s.issued[value] = true
		fmt.Fprintf(w, `{"access_token":"access-of-%s","refresh_token":%q}`, value, value)
		return
	case "refresh_token":
	default:
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	presented := r.PostFormValue("refresh_token")
	fresh, known := s.issued[presented]
	switch {
	case s.forgot, !s.trusts && !fresh:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	case s.mute:
		fmt.Fprint(w, `{}`)
		return
	}
	s.issued[presented] = !known
	next := "next-of-" + presented
	if s.keeps {
		next = presented
	}
	fmt.Fprintf(w, `{"access_token":"access-%s","refresh_token":%q,"expires_in":%d}`, presented, next, s.life)
}

func TestRefreshing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server   *renewer
		verdicts func(v results.SampleVerdicts) bool
		kept     float64
		caveat   bool
	}{
		"replaces":           {&renewer{life: 60}, func(v results.SampleVerdicts) bool { return v.RightAllow == 98 && v.RightDeny == 2 }, 0, false},
		"keeps":              {&renewer{life: 60, keeps: true}, func(v results.SampleVerdicts) bool { return v.RightAllow == 98 && v.RightDeny == 2 }, 98, false},
		"lives otherwise":    {&renewer{life: 61}, func(v results.SampleVerdicts) bool { return v.RightAllow == 98 }, 0, true},
		"takes made-up ones": {&renewer{life: 60, trusts: true}, func(v results.SampleVerdicts) bool { return v.RightAllow == 98 && v.WrongAllow == 2 }, 0, false},
		"has forgotten":      {&renewer{life: 60, forgot: true}, func(v results.SampleVerdicts) bool { return v.WrongDeny == 98 && v.RightDeny == 2 }, 0, false},
		"says nothing":       {&renewer{life: 60, mute: true}, func(v results.SampleVerdicts) bool { return v.TransportError == 98 }, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.server.issued = map[string]bool{}
			server := httptest.NewServer(test.server)
			t.Cleanup(server.Close)
			s := &refreshing{endpoint: server.URL, client: targets.Client{ID: "c", Secret: "secret"}, secrets: redact.New(), life: time.Minute, rate: 500}
			schedule, err := NewSchedule(results.Constant, s.rate, 200*time.Millisecond, 1)
			if err != nil {
				t.Fatal(err)
			}
			good, err := s.begin(t.Context(), schedule.arrivals(), "password", "read")
			if err != nil {
				t.Fatal(err)
			}
			l := Load{Schedule: schedule, Workers: 64, Timeout: time.Minute}
			if l.Traffic, err = s.traffic(t.Context(), good); err != nil {
				t.Fatal(err)
			}
			m, err := Drive(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			if v := m.Verdicts; v.Total() != 100 || !test.verdicts(v) {
				t.Errorf("verdicts %+v", v)
			}
			m.Usage = []results.Usage{{Component: "verifier", CPUSeconds: 7}, {Component: "issuer", CPUSeconds: 0.05}}
			figures := map[string]float64{}
			for _, f := range l.Figures(m) {
				figures[f.Name] = f.Value
			}
			for name, want := range map[string]float64{"sessions": 30000, "issuer CPU per refresh": 0.0005, "issuer CPU per session-hour": 0.03, "issuer CPU of all sessions": 0.25, "refresh tokens not replaced": test.kept} {
				if got, ok := figures[name]; !ok || got < want*0.999 || got > want*1.001 {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
			if got := l.Caveats(); (len(got) > 0) != test.caveat {
				t.Errorf("caveats %v, want one: %v", got, test.caveat)
			}
			for _, secret := range []string{good[0], "access-of-" + good[0]} {
				if s.secrets.Redact(secret) == secret {
					t.Errorf("%s isn't a secret", secret)
				}
			}
			if fresh := "access-" + good[0]; test.server.life == 60 && !test.server.forgot && !test.server.mute && s.secrets.Redact(fresh) == fresh {
				t.Errorf("%s isn't a secret", fresh)
			}
			m.Usage = nil
			if slices.ContainsFunc(l.Figures(m), func(f results.Figure) bool { return strings.Contains(f.Name, "CPU") }) {
				t.Error("CPU figures without what the issuer used")
			}
		})
	}
}

// As many sessions refresh as often as their tokens expire, in steps that are long enough to
// have some; and who can't be asked to is told why.
func TestRefreshPlan(t *testing.T) {
	t.Parallel()
	ours := declaring("opaque", "RS256", "ES256")
	ours.Capabilities = append(ours.Capabilities, targets.Refresh)
	ours.Process = &targets.ProcessSpec{Command: []string{"${self}"}}
	theirs := ours
	theirs.Process = &targets.ProcessSpec{Command: []string{"another"}}
	o := scenarios.Options{Profile: scenarios.Profiles()[0], Whole: true, Targets: []targets.Target{ours}}
	steps, skipped := scenario(t, "refresh").Plan(o)
	var got []string
	for _, s := range steps {
		got = append(got, fmt.Sprintf("%s %g/s %v", strings.TrimSuffix(strings.TrimPrefix(s.ID, "refresh/"), "@x#1"), s.Load.Rate, time.Duration(s.Load.Duration)))
	}
	want := []string{"opaque/1m 420/s 1s", "opaque/5m 84/s 1s", "opaque/15m 28/s 2.3s", "opaque/1h 7/s 9.2s", "ES256/1m 420/s 1s", "ES256/5m 84/s 1s", "ES256/15m 28/s 2.3s", "ES256/1h 7/s 9.2s"}
	if !slices.Equal(got, want) || len(skipped) > 0 {
		t.Errorf("steps %q, want %q; skipped %v", got, want, skipped)
	}
	o.Whole, o.Items = false, []string{"refresh/RS256/5m"}
	if steps, _ := scenario(t, "refresh").Plan(o); len(steps) != 1 || steps[0].ID != "refresh/RS256/5m@x#1" {
		t.Errorf("one item: %v", steps)
	}
	for reason, change := range map[string]func(*scenarios.Options){
		"doesn't declare refresh": func(o *scenarios.Options) { o.Targets = []targets.Target{declaring("ES256")} },
		"given users":             func(o *scenarios.Options) { o.Targets = []targets.Target{theirs} },
		"closed arrivals":         func(o *scenarios.Options) { o.Profile.Load.Arrivals, o.Profile.Load.Workers = results.Closed, 4 },
	} {
		o := scenarios.Options{Profile: scenarios.Profiles()[0], Whole: true, Targets: []targets.Target{ours}}
		change(&o)
		steps, skipped := scenario(t, "refresh").Plan(o)
		if len(steps) > 0 || len(skipped) == 0 || !strings.Contains(skipped[0].Reason, reason) {
			t.Errorf("%s: steps %v, skipped %v", reason, steps, skipped)
		}
	}
}
