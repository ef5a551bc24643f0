// Package rfc9068 judges self-contained access tokens against RFC 9068, JSON Web Token
// (JWT) Profile for OAuth 2.0 Access Tokens.
//
// [Checks] lists the checks; each lives in the file of its section.
package rfc9068

import (
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// Checks lists the checks of the document, sorted by section.
func Checks() []conformance.Check {
	return conformance.Document{
		Name:     "RFC 9068",
		Needs:    []targets.Capability{targets.ClientCredentials},
		NeedsJWT: true,
		Profile:  targets.RFC9068,
	}.Checks(section2_1(), section2_2(), section2_2_3(), section3(), section4())
}
