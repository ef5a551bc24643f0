package load

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

var errNotMeasured = errors.New("not measured")

// accused says what a step holds against the server, however busy this machine is: wrong
// answers, and figures beyond their limits.
func accused(s results.StepResult) (out []string, err error) {
	if s.Series == nil {
		return nil, errors.Join(errNotMeasured, errors.New(s.Reason))
	}
	if v := s.Series.Verdicts; v.WrongAllow+v.WrongDeny > 0 {
		out = append(out, v.First)
	}
	for _, f := range s.Figures {
		if f.Broken() {
			out = append(out, f.Name)
		}
	}
	return out, nil
}

// catching is a scenario, and the defects that it catches.
type catching struct {
	scenario string
	load     results.Offered
	caught   map[string]string // by defect: how
}

func caught() []catching {
	short := results.Offered{Arrivals: results.Poisson, Rate: 200, Duration: results.Duration(time.Second), Tokens: 20}
	mixed := short
	mixed.Mix = "valid=80,expired=10,too-little-scope=5,revoked=5"
	return []catching{
		{"load/introspect-cached", mixed, map[string]string{"outlives-exp": "expired: ", "skips-scope": "too-little-scope: "}},
		{"herd/introspect-cached/one", short, map[string]string{"no-coalescing": "issuer calls per expiry", "slides-ttl": "expiries"}},
	}
}

// Each defect is caught by the scenario that it names, and the clean resource server by none.
func TestDefectsAreCaught(t *testing.T) {
	t.Parallel()
	for _, tt := range caught() {
		tt.caught[""] = ""
		for defect, how := range tt.caught {
			t.Run(tt.scenario+" "+defect, func(t *testing.T) {
				t.Parallel()
				steps := runReference(t, defect, tt.scenario, tt.load, targets.Opaque)
				if len(steps) != 1 {
					t.Fatalf("%d steps", len(steps))
				}
				found, err := accused(steps[0])
				if err != nil {
					t.Fatal(err)
				}
				if text := strings.Join(found, "\n"); how == "" && text != "" || !strings.Contains(text, how) {
					t.Errorf("accused of %q, want %q; %s", text, how, steps[0].Reason)
				}
			})
		}
	}
}

// seen are loads that do what shows a defect, and little else.
var seen = []struct {
	defect, strategy string
	ttl              time.Duration
	events           func(p *presenting, down func(bool)) []Event
	wrong            func(results.SampleVerdicts) int64
}{
	{"ignores-push", verifier.IntrospectPush, time.Minute,
		func(p *presenting, _ func(bool)) []Event {
			return []Event{{Name: "revoke", At: 500 * time.Millisecond, Within: 300 * time.Millisecond, Changes: []int{0}, Then: Deny,
				Do: func(ctx context.Context) error { return revoke(ctx, p.inst, p.tokens[0]) }}}
		},
		func(v results.SampleVerdicts) int64 { return v.WrongAllow }},
	{"slides-ttl", verifier.IntrospectCached, 300 * time.Millisecond,
		func(p *presenting, _ func(bool)) []Event {
			return []Event{{Name: "revoke", At: 300 * time.Millisecond, Within: 400 * time.Millisecond, Changes: []int{0}, Then: Deny,
				Do: func(ctx context.Context) error { return revoke(ctx, p.inst, p.tokens[0]) }}}
		},
		func(v results.SampleVerdicts) int64 { return v.WrongAllow }},
	{"outage-as-inactive", verifier.IntrospectCached, 100 * time.Millisecond,
		func(_ *presenting, down func(bool)) []Event {
			set := func(to bool) func(context.Context) error {
				return func(context.Context) error { down(to); return nil }
			}
			return []Event{{Name: "fail", At: 300 * time.Millisecond, Do: set(true)}, {Name: "be well", At: 600 * time.Millisecond, Do: set(false)}}
		},
		func(v results.SampleVerdicts) int64 { return v.WrongDeny }},
}

// Those whose scenarios revoke a token or stop the issuer show in a load that does just that.
func TestDefectsAreSeen(t *testing.T) {
	t.Parallel()
	for _, tt := range seen {
		for _, defect := range []string{tt.defect, ""} {
			t.Run(tt.defect+"/"+defect, func(t *testing.T) {
				t.Parallel()
				reference, e, down := startReference(t, defect)
				inst, end, err := e.Instance(reference.Name).Arrange(t.Context(), targets.Arrangement{Verifier: func(c *verifier.Config) { c.Cache.TTL = verifier.Duration(tt.ttl) }})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = end(context.WithoutCancel(t.Context())) }()
				p := &presenting{inst: inst, form: targets.Opaque, strategy: describe(t, tt.strategy), shown: quotable(nil)}
				if p.tokens, err = Obtain(t.Context(), inst, inst.ClientsFor(p.form, false), p.form, 2); err != nil {
					t.Fatal(err)
				}
				requests := p.valid()
				s, err := NewSchedule(results.Constant, 100, 1500*time.Millisecond, 1)
				if err != nil {
					t.Fatal(err)
				}
				m, err := Drive(t.Context(), Load{Schedule: s, Workers: 64, Timeout: 10 * time.Second,
					Traffic: Traffic{Requests: requests, Order: []uint32{0, 1}, Warm: requests, Events: tt.events(p, down.Store)}})
				if err != nil || len(m.Events) > 0 {
					t.Fatal(err, m.Events)
				}
				if wrong := tt.wrong(m.Verdicts); (wrong > 0) != (defect != "") || m.Verdicts.RightAllow == 0 {
					t.Errorf("verdicts %+v", m.Verdicts)
				}
				if outage := tt.defect == "outage-as-inactive" && defect == ""; outage && m.Verdicts.TransportError == 0 {
					t.Error("the outage wasn't seen")
				}
			})
		}
	}
}

// What no test shows can't be relied on.
func TestEveryDefectIsShown(t *testing.T) {
	t.Parallel()
	var shown []string
	for _, c := range caught() {
		for defect := range c.caught {
			shown = append(shown, defect)
		}
	}
	for _, s := range seen {
		shown = append(shown, s.defect)
	}
	for _, d := range fault.Defects() {
		if !slices.Contains(shown, d.Name) || d.Title == "" || d.Shown == "" {
			t.Errorf("%+v: no test shows it, or it doesn't say what catches it", d)
		}
	}
}
