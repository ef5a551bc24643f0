package load

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/fault"
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
		{"revocation/introspect-cached/opaque", short, map[string]string{"slides-ttl": "revoked was let in"}},
		{"revocation/introspect-push/opaque", short, map[string]string{"ignores-push": "staleness, longer than the step"}},
		{"outage/introspect-cached/opaque/error", short, map[string]string{"outage-as-inactive": "refused with 401"}},
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

// What no test shows can't be relied on.
func TestEveryDefectIsShown(t *testing.T) {
	t.Parallel()
	var shown []string
	for _, c := range caught() {
		for defect := range c.caught {
			shown = append(shown, defect)
		}
	}
	for _, d := range fault.Defects() {
		if !slices.Contains(shown, d.Name) || d.Title == "" || d.Shown == "" {
			t.Errorf("%+v: no test shows it, or it doesn't say what catches it", d)
		}
	}
}
