// Package conformance judges a target's tokens and endpoints against the
// specifications.
//
// A [Check] tests a requirement and lives in the package of its [Document], in the
// file of its section (rfc7662/section_2_2.go). It talks to the target through a
// [Probe] and answers with an [Outcome]. Definition, outcome and rendering are apart: a
// check knows no report, and a report runs no check.
//
// A check earns its place: it passes on the clean reference, fails on exactly the
// fault that it names, and is inconclusive when the server is down.
package conformance

import (
	"context"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Check is code that tests a requirement.
type Check struct {
	ID    string // rfc7662/2.2/active-boolean: its document, its section and its own words
	Title string // what is sent and looked at
	// Requirement is made by [Must] or [Should]; [Document.Checks] adds what the ID tells.
	Requirement results.Requirement
	// Needs are the capabilities without which the check doesn't apply.
	Needs []targets.Capability
	// NeedsJWT applies the check only to targets that issue a self-contained form.
	NeedsJWT bool
	// Profile is a capability that says that the server means to follow the document; what
	// fails on a server that doesn't is information.
	Profile targets.Capability
	// Fault is the seeded defect of reference/fault that this check must catch.
	Fault string
	Run   Run
}

// Run is what a check does.
type Run = func(context.Context, *Probe) Outcome

// Must is what a requirement of that level asks, in a sentence.
func Must(text string) results.Requirement {
	return results.Requirement{Level: results.Must, Text: text}
}

// Should is what a requirement of that level asks, in a sentence.
func Should(text string) results.Requirement {
	return results.Requirement{Level: results.Should, Text: text}
}

// Document is a specification, and what all of its checks need.
type Document struct {
	Name     string // as it is cited: RFC 7662
	Needs    []targets.Capability
	NeedsJWT bool
	Profile  targets.Capability // of a document that servers choose to follow
}

// Checks lists the checks of the sections as those of the document.
func (d Document) Checks(sections ...[]Check) []Check {
	checks := slices.Concat(sections...)
	for i := range checks {
		c := &checks[i]
		prefix, rest, _ := strings.Cut(c.ID, "/")
		section, words, _ := strings.Cut(rest, "/")
		c.Requirement.ID = strings.ToUpper(prefix) + "-" + section + "-" + words
		c.Requirement.Document, c.Requirement.Section = d.Name, section
		c.Needs = slices.Concat(c.Needs, d.Needs)
		c.NeedsJWT = c.NeedsJWT || d.NeedsJWT
		c.Profile = d.Profile
	}
	return checks
}
