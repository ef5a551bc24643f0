package conformance_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// A server that doesn't answer, or answers that it can't, is never judged: no check
// passes on it, and none fails.
func TestServerDown(t *testing.T) {
	t.Parallel()
	answering := func(handle http.HandlerFunc) func(*issuer.Issuer) (http.Handler, error) {
		return func(*issuer.Issuer) (http.Handler, error) { return handle, nil }
	}
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close() // that is the point
		}
	}
	for name, wrap := range map[string]func(*issuer.Issuer) (http.Handler, error){
		"unavailable": answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }),
		"throttled":   answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }),
		"hangs up":    answering(hangUp),
		"endless": answering(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(strings.Repeat(" ", 2<<20) + "{}")) // the client stops reading
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			wantInconclusive(t, judge(t, all(), reference(t, clock, wrap), clock))
		})
	}
	t.Run("refuses connections", func(t *testing.T) {
		t.Parallel()
		clock := newClock()
		inst := reference(t, clock, clean)
		elsewhere(t, inst, closedPort(t))
		wantInconclusive(t, judge(t, all(), inst, clock))
	})
}

func wantInconclusive(t *testing.T, findings []results.Finding) {
	t.Helper()
	for _, f := range findings {
		if f.Verdict != results.Inconclusive || f.Reason == "" {
			t.Errorf("%s: %s, reason %q, observed %q", f.Check, f.Verdict, f.Reason, f.Observed)
		}
	}
}

// closedPort is a loopback address that nobody listens on.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func elsewhere(t *testing.T, inst *targets.Instance, base string) {
	t.Helper()
	for name, at := range inst.Endpoints {
		inst.Endpoints[name] = base + strings.TrimPrefix(at, inst.Issuer)
	}
}

// A client that the server refuses is a wrong setup, and says nothing about the server.
func TestRefusedClientIsInconclusive(t *testing.T) {
	t.Parallel()
	clock := newClock()
	inst := reference(t, clock, clean)
	gotToken := map[string]bool{}
	for _, f := range judge(t, all(), inst, clock) {
		gotToken[f.Check] = strings.Contains(strings.Join(f.Evidence, ""), `"access_token"`)
	}
	for i := range inst.Clients {
		inst.Clients[i].Secret = config.Secret(secret())
	}
	for _, f := range judge(t, all(), inst, clock) {
		if f.Verdict == results.Pass && !gotToken[f.Check] {
			continue // it needs none
		}
		if f.Verdict != results.Inconclusive || !strings.Contains(f.Reason, "401") {
			t.Errorf("%s: %s, reason %q", f.Check, f.Verdict, f.Reason)
		}
	}
}

// A context that has ended runs nothing and loses nothing.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	clock := newClock()
	session := conformance.NewSession(reference(t, clock, clean), clock, 1)
	defer session.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	findings := conformance.Judge(ctx, all(), session, func(int, string) {})
	if len(findings) != len(all()) {
		t.Fatalf("%d findings, want %d", len(findings), len(all()))
	}
	for _, f := range findings {
		if f.Verdict != results.None || f.Absence != results.NotRun || f.Reason == "" {
			t.Errorf("%s: %s, %q", f.Check, f.Verdict, f.Reason)
		}
	}
}

// A redirect is an answer like another: credentials are not sent on.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	followed := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	defer followed.Close()
	clock := newClock()
	inst := reference(t, clock, func(*issuer.Issuer) (http.Handler, error) {
		return http.RedirectHandler(followed.URL, http.StatusTemporaryRedirect), nil
	})
	for _, f := range judge(t, all(), inst, clock) {
		if f.Verdict == results.Pass || f.Verdict == results.Error {
			t.Errorf("%s: %s on redirects alone", f.Check, f.Verdict)
		}
	}
}

// What a target does not declare is not asked of it, and is still listed, before the run
// and in it.
func TestWhatDoesNotApplyIsListed(t *testing.T) {
	t.Parallel()
	clock := newClock()
	inst := reference(t, clock, clean)
	inst.Target.Capabilities = []targets.Capability{targets.ClientCredentials, targets.Issues(targets.Opaque)}
	findings := judge(t, all(), inst, clock)
	skipped := map[string]bool{}
	for _, s := range conformance.Skipped(all(), inst.Target) {
		if s.Kind != results.NotApplicable || s.Target != "reference" || !strings.Contains(s.Reason, "declare") {
			t.Errorf("skip %+v: not a reason that names what the target lacks", s)
		}
		skipped[s.ID] = true
	}
	for _, f := range findings {
		// A check that has asked may have learned from the answer that it doesn't apply.
		if want := f.Verdict == results.None && len(f.Evidence) == 0; skipped[f.Check] != want {
			t.Errorf("%s: %s, and announced as skipped: %t", f.Check, f.Verdict, skipped[f.Check])
		}
		if f.Verdict == results.None && f.Reason == "" {
			t.Errorf("%s: none without a reason", f.Check)
		}
	}
	if skipped["rfc6749/5.1/no-store"] || !skipped["rfc7662/2.2/active-boolean"] || !skipped["rfc9068/2.1/typ"] {
		t.Errorf("skipped: %v", skipped)
	}
}
