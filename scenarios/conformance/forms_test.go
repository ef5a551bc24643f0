package conformance_test

import (
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

// A target that issues no usual form is judged by those that it has. A check that finds
// nothing to judge there would let it pass by absence.
func TestUnusualFormsAreJudged(t *testing.T) {
	t.Parallel()
	for _, forms := range []string{"PS256", "opaque PS384"} {
		t.Run(forms, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			for _, f := range judge(t, all(), referenceOf(t, strings.Fields(forms), nil, clock, clean), clock) {
				if f.Verdict != results.Pass {
					t.Errorf("%s: %s, observed %q, reason %q", f.Check, f.Verdict, f.Observed, f.Reason)
				}
			}
		})
	}
}
