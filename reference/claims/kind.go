package claims

import (
	"strings"

	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// accessTypes are the values of token_type that an access token has (RFC 6750, section
// 6.1.1; RFC 9449, section 12.1), and the one that WSO2 gives a JWT.
var accessTypes = []string{"Bearer", "DPoP", "JWT"}

// kind reads what an answer says of the token's kind. RFC 7662, section 2.1: a refresh
// token can be asked about, too, and is active then; taken for an access token it
// would open resources for as long as it lives.
//
// RFC 6749, section 7.1: a token of a type that isn't understood isn't used. What says
// the kind depends on the server: token_type is "Refresh" with WSO2, token_use
// "refresh_token" with Hydra, typ "Refresh", "Offline" or "ID" with Keycloak. The last
// two names are no one's in RFC 7662, so that only values that are known count.
func (m *members) kind(name string, d *exactjson.Decoder) error {
	if name != "token_type" && d.PeekKind() != '"' {
		return d.SkipValue()
	}
	value, err := anyText(d)
	if err != nil {
		return err
	}
	switch name {
	case "token_type":
		m.claims.NotAccess = m.claims.NotAccess || !isAny(value, accessTypes...)
		m.dpop = isAny(value, "DPoP")
	default:
		m.claims.NotAccess = m.claims.NotAccess || isAny(value, "refresh_token", "refresh", "offline", "id", "id_token")
	}
	return nil
}

// RFC 6749, section 5.1: the type of a token is compared without regard to case.
func isAny(value string, names ...string) bool {
	for _, name := range names {
		if strings.EqualFold(value, name) {
			return true
		}
	}
	return false
}

// settleType is for when all members were read. RFC 9449, section 6.2: a token whose type
// is DPoP is bound to a key, and the answer says to which. One that doesn't is of no use
// as a bearer's.
func (m *members) settleType() {
	c := m.claims
	switch {
	case !m.dpop:
	case c.Confirmation == nil:
		c.Confirmation = &Confirmation{Unknown: true}
	case c.Confirmation.Thumbprint == "":
		c.Confirmation.Unknown = true
	}
}
