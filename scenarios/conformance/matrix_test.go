package conformance_test

import (
	"net/http"
	"testing"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
)

// Every check passes on the clean reference. A check that does not apply there would
// not be tested by anything, so none is let pass for it.
func TestCleanReferencePasses(t *testing.T) {
	t.Parallel()
	clock := newClock()
	for _, f := range judge(t, all(), reference(t, clock, clean), clock) {
		if f.Verdict != results.Pass {
			t.Errorf("%s: %s, observed %q, reason %q", f.Check, f.Verdict, f.Observed, f.Reason)
		}
		if f.Observed == "" || len(f.Evidence) == 0 {
			t.Errorf("%s: passes without saying what it saw", f.Check)
		}
	}
}

// Each check fails on the fault that it names, and each fault fails no other check.
// One that can no longer judge may say so, and nothing may be the harness's fault.
func TestEachFaultFailsItsCheckAlone(t *testing.T) {
	t.Parallel()
	for _, seeded := range fault.All() {
		t.Run(seeded.Name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) { return fault.Wrap(seeded.Name, iss) })
			checks := all()
			failed := 0
			for i, f := range judge(t, checks, inst, clock) {
				names := checks[i].Fault == seeded.Name
				switch {
				case names && f.Verdict != results.Fail:
					t.Errorf("%s names the fault and does not fail: %s, observed %q, reason %q", f.Check, f.Verdict, f.Observed, f.Reason)
				case names && (f.Observed == "" || len(f.Expected) == 0):
					t.Errorf("%s fails without saying what it saw and what it expected", f.Check)
				case !names && (f.Verdict == results.Fail || f.Verdict == results.Error):
					t.Errorf("%s: %s on another's fault: observed %q, reason %q", f.Check, f.Verdict, f.Observed, f.Reason)
				case f.Verdict == results.Inconclusive && !allowed[seeded.Name][f.Check]:
					t.Errorf("%s: inconclusive: %s", f.Check, f.Reason)
				case f.Verdict == results.None && !allowed[seeded.Name][f.Check]:
					t.Errorf("%s: %s", f.Check, f.Reason)
				}
				if names {
					failed++
				}
			}
			if failed != 1 {
				t.Errorf("%d checks name the fault, want 1", failed)
			}
		})
	}
}

// allowed lists the checks that a fault leaves without anything to judge. It is part
// of the test: a fault that silences another check is known, or is a mistake.
var allowed = map[string]map[string]bool{
	"expires-in-missing":     {"rfc6749/5.1/expires-in-number": true},
	"unknown-token-as-error": {"rfc7662/2.2/inactive-bare": true},
	"jwt-alg-none":           {"rfc9068/2.1/signed": true, "rfc7662/4/signature-validated": true},
	"jwt-aud-missing":        {"rfc9068/3/default-resource": true},
	"jwt-jti-missing":        {"rfc9068/2.2/jti-unique": true},
}
