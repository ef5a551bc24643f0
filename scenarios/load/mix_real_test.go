package load

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

const wholeMix = "valid=60,expired=8,bad-signature=8,revoked=8,wrong-audience=8,too-little-scope=8,random=8"

// On the reference, each outcome that a strategy can tell is sent and judged right, and what
// it can't tell is said.
func TestWholeMix(t *testing.T) {
	t.Parallel()
	load := results.Offered{Arrivals: results.Constant, Rate: 200, Duration: results.Duration(700 * time.Millisecond), Tokens: 12, Mix: wholeMix}
	for _, tt := range []struct{ scenario, form, not string }{
		{"load/introspect-cached", "opaque", BadSignature},
		{"load/introspect-push", "ES256", ""},
		{"load/hybrid", "ES256", ""},
		{"load/local-denylist", "ES256", ""},
		{"load/local-cached", "ES256", Revoked},
	} {
		t.Run(tt.scenario, func(t *testing.T) {
			t.Parallel()
			steps := runReference(t, "", tt.scenario, load, tt.form)
			if len(steps) != 1 || steps[0].Series == nil {
				t.Fatalf("%+v", steps)
			}
			s := steps[0].Series
			if v := s.Verdicts; v.WrongAllow+v.WrongDeny+v.TransportError > 0 {
				t.Errorf("verdicts %+v", v)
			}
			for _, o := range OutcomeTable() {
				got, sent := s.Outcome(o.Name)
				told := slices.ContainsFunc(steps[0].Warnings, func(w results.Warning) bool {
					return w.Code == "outcome-left-out" && strings.HasPrefix(w.Text, o.Name+" doesn't apply: ")
				})
				if not := o.Name == tt.not; sent == not || told != not {
					t.Errorf("%s: sent %v, told that it isn't %v: %+v", o.Name, sent, told, steps[0].Warnings)
				}
				if v := got.Verdicts; sent && (got.Sent != got.Planned || got.Sent == 0 || v.RightAllow+v.RightDeny != got.Sent || (got.Right == "allow") != (o.Name == Valid)) {
					t.Errorf("%s: %+v", o.Name, got)
				}
			}
		})
	}
}

// What a target has no means for doesn't apply; what it should be able to and doesn't do
// makes the step inconclusive, for the question that was asked has no answer.
func TestMixThatCannotBeMade(t *testing.T) {
	t.Parallel()
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(refuses.Close)
	for _, tt := range []struct {
		revokes       bool
		verdict       results.Verdict
		code, because string
	}{
		{false, results.Pass, "outcome-left-out", "revoked doesn't apply: target x declares no revocation endpoint"},
		{true, results.Inconclusive, "outcome-not-sent", "revoked: revoke a token of client a: the server answered 503"},
	} {
		w := new(world)
		inst := w.instance(t)
		if tt.revokes {
			inst.Target.Capabilities = append(inst.Target.Capabilities, targets.Revocation)
			inst.Endpoints[targets.RevocationEndpoint] = refuses.URL
		}
		o := scenarios.Options{Targets: []targets.Target{inst.Target}, Whole: true, Profile: scenarios.Profiles()[0]}
		o.Profile.Load = results.Offered{Arrivals: results.Constant, Rate: 100, Duration: results.Duration(300 * time.Millisecond), Tokens: 4, Mix: "valid=9,revoked=1,wrong-audience=1"}
		s := scenario(t, "load/introspect")
		steps, _ := s.Plan(o)
		r, err := s.Run(t.Context(), steps[0], scenarios.Site{Instance: inst, Seed: 1, Progress: func(float64, string) {}})
		if err != nil || r.Series == nil {
			t.Fatal(err, r.Reason)
		}
		if !slices.ContainsFunc(r.Warnings, func(w results.Warning) bool { return w.Code == tt.code && strings.Contains(w.Text, tt.because) }) {
			t.Errorf("warnings %+v, want %s: %s", r.Warnings, tt.code, tt.because)
		}
		if r.Verdict < tt.verdict || r.Verdict == results.Fail { // this machine may be busy
			t.Errorf("%v (%s), want %v", r.Verdict, r.Reason, tt.verdict)
		}
		if _, sent := r.Series.Outcome(Revoked); sent || r.Series.Verdicts.RightAllow == 0 {
			t.Errorf("outcomes %+v", r.Series.Outcomes)
		}
	}
}
