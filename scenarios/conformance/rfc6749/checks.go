// Package rfc6749 judges a token endpoint against RFC 6749, The OAuth 2.0
// Authorization Framework, for the client credentials grant.
//
// [Checks] lists the checks; each lives in the file of its section.
package rfc6749

import (
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// Checks lists the checks of the document, sorted by section.
func Checks() []conformance.Check {
	return conformance.Document{
		Name:  "RFC 6749",
		Needs: []targets.Capability{targets.ClientCredentials},
	}.Checks(section4_4_3(), section5_1(), section5_2())
}
