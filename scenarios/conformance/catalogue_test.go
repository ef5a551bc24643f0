package conformance_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

var checkID = regexp.MustCompile(`^([a-z0-9-]+)/([A-Z]?[0-9]*(?:\.[0-9]+)*)/([a-z0-9]+(?:-[a-z0-9]+)*)$`)

// The catalogue is data, and data is linted like code.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	unique := func(kind, name, by string) {
		if other, ok := seen[kind+name]; ok {
			t.Errorf("%s %s: of %s and of %s", kind, name, other, by)
		}
		seen[kind+name] = by
	}
	for _, c := range all() {
		unique("check", c.ID, c.ID)
		unique("fault", c.Fault, c.ID)
		part, r := checkID.FindStringSubmatch(c.ID), c.Requirement
		if part == nil {
			t.Errorf("check %q: not of the form DOCUMENT/SECTION/words-of-its-own", c.ID)
			continue
		}
		if _, err := os.Stat(part[1]); err != nil {
			t.Errorf("%s: its document's folder is missing: %v", c.ID, err)
		}
		if c.Title == "" || c.Run == nil || r.Document == "" || !slices.Contains(c.Needs, targets.ClientCredentials) {
			t.Errorf("%s: no title, nothing to run, no document, or no need of client_credentials", c.ID)
		}
		if !strings.HasSuffix(r.Text, ".") || len(r.Text) < 20 {
			t.Errorf("%s: requirement text %q is no sentence", c.ID, r.Text)
		}
		if says := strings.Contains(r.Text, "should") || strings.Contains(r.Text, "recommended"); says != (r.Level == results.Should) {
			t.Errorf("%s: level %q, and the text reads %q", c.ID, r.Level, r.Text)
		}
	}
}

// What a check's ID tells is told once, whatever its document is called.
func TestRequirementFollowsFromID(t *testing.T) {
	t.Parallel()
	d := conformance.Document{Name: "OpenID Connect Core 1.0", Needs: []targets.Capability{targets.Metadata}, NeedsJWT: true}
	got := d.Checks([]conformance.Check{{ID: "oidc-core/3.1.3.3/id-token", Requirement: conformance.Must("x"), Needs: []targets.Capability{targets.JWKS}}})[0]
	want := results.Requirement{ID: "OIDC-CORE-3.1.3.3-id-token", Document: d.Name, Section: "3.1.3.3", Level: results.Must, Text: "x"}
	if got.Requirement != want || !slices.Equal(got.Needs, []targets.Capability{targets.JWKS, targets.Metadata}) || !got.NeedsJWT {
		t.Errorf("%+v", got)
	}
}

// Every check names a fault that exists and breaks its requirement; every fault is
// named, and declares nothing of a requirement that no check tests.
func TestFaultsAndChecksName(t *testing.T) {
	t.Parallel()
	byFault, tested := map[string]conformance.Check{}, map[string]bool{}
	for _, c := range all() {
		byFault[c.Fault] = c
		tested[c.Requirement.ID] = true
	}
	for _, f := range fault.All() {
		for _, id := range slices.Concat(f.Breaks, f.Silences) {
			if !tested[id] || id == f.Requirement {
				t.Errorf("fault %s declares %s, which is its own, or which no check tests", f.Name, id)
			}
		}
		c, ok := byFault[f.Name]
		if !ok {
			t.Errorf("fault %s: no check names it", f.Name)
			continue
		}
		delete(byFault, f.Name)
		if c.Requirement.ID != f.Requirement {
			t.Errorf("fault %s breaks %s, and %s tests %s", f.Name, f.Requirement, c.ID, c.Requirement.ID)
		}
		if f.Title == "" {
			t.Errorf("fault %s has no title", f.Name)
		}
	}
	for name, c := range byFault {
		t.Errorf("%s names the fault %q, which does not exist", c.ID, name)
	}
}

func TestRequirementsAreSortedAndDistinct(t *testing.T) {
	t.Parallel()
	rs := conformance.Requirements(slices.Concat(all(), all()))
	if len(rs) != len(all()) {
		t.Errorf("%d requirements, want %d", len(rs), len(all()))
	}
	if !slices.IsSortedFunc(rs, func(a, b results.Requirement) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("not sorted by ID")
	}
}
