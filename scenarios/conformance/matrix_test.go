package conformance_test

import (
	"net/http"
	"slices"
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

// Each fault fails the check of its requirement. What it does to others is declared
// with it, and all of that occurs: no more, and no less.
func TestEachFaultDoesWhatItDeclares(t *testing.T) {
	t.Parallel()
	for _, seeded := range fault.All() {
		t.Run(seeded.Name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) { return fault.Wrap(seeded.Name, iss) })
			for _, f := range judge(t, all(), inst, clock) {
				does, declared := "nothing", "nothing"
				switch f.Verdict {
				case results.Fail:
					does = "breaks"
				case results.None, results.Inconclusive:
					does = "silences"
				case results.Error:
					does = "stops the harness"
				}
				switch id := f.Requirements[0].ID; {
				case id == seeded.Requirement, slices.Contains(seeded.Breaks, id):
					declared = "breaks"
				case slices.Contains(seeded.Silences, id):
					declared = "silences"
				}
				if does != declared {
					t.Errorf("%s: the fault does to %s: %s, and its Breaks and Silences say: %s (observed %q, reason %q)",
						f.Check, f.Requirements[0].ID, does, declared, f.Observed, f.Reason)
				}
				if f.Verdict == results.Fail && (f.Observed == "" || len(f.Expected) == 0) {
					t.Errorf("%s: fails without saying what it saw and what it expected", f.Check)
				}
			}
		})
	}
}
