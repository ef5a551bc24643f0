// Package rfc7662 judges an introspection endpoint against RFC 7662, OAuth 2.0 Token
// Introspection.
//
// [Checks] lists the checks; each lives in the file of its section.
package rfc7662

import (
	"context"
	"fmt"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// Checks lists the checks of the document, sorted by section.
func Checks() []conformance.Check {
	return conformance.Document{
		Name:  "RFC 7662",
		Needs: []targets.Capability{targets.ClientCredentials, targets.Introspection},
	}.Checks(section2_1(), section2_2Answer(), section2_2Inactive(), section2_2Members(), section2_3(), section4())
}

// activeToken is the shared token of the form, once the resource server has been told
// that it is active: a refusal proves nothing where the plain request fails too.
func activeToken(ctx context.Context, p *conformance.Probe, form string) (string, error) {
	if _, err := p.Active(ctx, form); err != nil {
		return "", err
	}
	_, token, err := p.Token(ctx, form)
	return token, err
}

// inactive judges an answer that must say that a token is not active.
func inactive(x *conformance.Exchange) conformance.Outcome {
	members, err := x.Object()
	if err != nil {
		return conformance.Failed(fmt.Sprintf("%d, a body that is %v", x.Status, err), "200 with active false")
	}
	return conformance.Saw(x.Status == 200 && members["active"] == false, seen(x, members), "200 with active false")
}

// seen is an answer by its status and by what it says of the token. The members are nil
// where it is no object.
func seen(x *conformance.Exchange, members map[string]any) string {
	return fmt.Sprintf("%d, %s", x.Status, conformance.Show(members, "active"))
}
