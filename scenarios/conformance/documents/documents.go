// Package documents lists the documents whose checks are run. A document that is not
// listed here doesn't exist, for the command as for the tests that prove the checks.
package documents

import (
	"slices"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/scenarios/conformance/rfc6749"
	"github.com/oauthmark/oauthmark/scenarios/conformance/rfc7662"
	"github.com/oauthmark/oauthmark/scenarios/conformance/rfc9068"
)

// Checks lists the checks of all documents.
func Checks() []conformance.Check {
	return slices.Concat(rfc6749.Checks(), rfc7662.Checks(), rfc9068.Checks())
}
