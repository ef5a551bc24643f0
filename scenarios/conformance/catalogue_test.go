package conformance_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

var checkID = regexp.MustCompile(`^(rfc[0-9]{4})/([0-9]+(?:\.[0-9]+)*)/([a-z0-9]+(?:-[a-z0-9]+)*)$`)

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
	levels := []results.Level{results.Must, results.Should, results.May, results.Profile}
	for _, c := range all() {
		unique("check", c.ID, c.ID)
		unique("fault", c.Fault, c.ID)
		part := checkID.FindStringSubmatch(c.ID)
		if part == nil {
			t.Errorf("check %q: not of the form rfcNNNN/SECTION/words-of-it", c.ID)
			continue
		}
		if c.Title == "" || c.Run == nil || len(c.Requirements) != 1 || !slices.Contains(c.Needs, targets.ClientCredentials) {
			t.Errorf("%s: no title, nothing to run, not one requirement, or no need of client_credentials", c.ID)
			continue
		}
		r := c.Requirements[0]
		unique("requirement", r.ID, c.ID)
		if want := strings.ToUpper(part[1]) + "-" + part[2] + "-" + part[3]; r.ID != want {
			t.Errorf("%s: requirement %s, want %s", c.ID, r.ID, want)
		}
		if want := "RFC " + part[1][len("rfc"):]; r.Document != want || r.Section != part[2] {
			t.Errorf("%s: cites %s, section %s", c.ID, r.Document, r.Section)
		}
		if !slices.Contains(levels, r.Level) {
			t.Errorf("%s: level %q", c.ID, r.Level)
		}
		if !strings.HasSuffix(r.Text, ".") || len(r.Text) < 20 {
			t.Errorf("%s: requirement text %q is no sentence", c.ID, r.Text)
		}
		if says := strings.Contains(r.Text, "should") || strings.Contains(r.Text, "recommended"); says != (r.Level == results.Should) {
			t.Errorf("%s: level %s, and the text reads %q", c.ID, r.Level, r.Text)
		}
	}
}

// Every check names a fault that exists and breaks its requirement; every fault is
// named.
func TestFaultsAndChecksName(t *testing.T) {
	t.Parallel()
	byFault := map[string]conformance.Check{}
	for _, c := range all() {
		byFault[c.Fault] = c
	}
	for _, f := range fault.All() {
		c, ok := byFault[f.Name]
		if !ok {
			t.Errorf("fault %s: no check names it", f.Name)
			continue
		}
		delete(byFault, f.Name)
		if c.Requirements[0].ID != f.Requirement {
			t.Errorf("fault %s breaks %s, and %s tests %s", f.Name, f.Requirement, c.ID, c.Requirements[0].ID)
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
