// Package conformance judges a target's tokens and endpoints against the
// specifications.
//
// A [Check] tests one or more requirements and lives in the package of its
// document, in the file of its section (rfc7662/section_2_2.go). It talks to the
// target through a [Probe] and answers with an [Outcome]. Definition, outcome and
// rendering are apart: a check knows no report, and a report runs no check.
//
// A check earns its place: it passes on the clean reference, fails on exactly the
// fault that it names, and is inconclusive when the server is down.
package conformance

import (
	"context"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// Check is code that tests one or more requirements.
type Check struct {
	ID           string // rfc7662/2.2/active-boolean
	Title        string // what is sent and looked at
	Requirements []results.Requirement
	// Needs are the capabilities without which the check doesn't apply.
	Needs []targets.Capability
	// NeedsJWT applies the check only to targets that issue a self-contained form.
	NeedsJWT bool
	// Fault is the seeded defect of reference/fault that this check must catch.
	Fault string
	Run   func(ctx context.Context, p *Probe) Outcome
}
