package token

import "encoding/json"

// Claims is what a token says, whichever its kind: the payload of a
// self-contained token and the record behind an opaque one. Times are in seconds
// since 1970 (NumericDate: RFC 7519, section 2).
type Claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"` // space-delimited (RFC 8693, section 4.2)
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti"` // never the token itself, or a part of it
	// More is what only some tokens say; nil for plain ones, which stay compact.
	More *More `json:"more,omitempty"`
}

// More is what a token says beyond the members that every token has.
type More struct {
	Username string          `json:"username,omitempty"` // of the resource owner (RFC 7662, section 2.2)
	Custom   json.RawMessage `json:"custom,omitempty"`   // an object whose members are claims, none of a [Reserved] name
	// Hidden are custom claims that no client may see: they are told to introspectors,
	// and in no self-contained token.
	Hidden json.RawMessage `json:"hidden,omitempty"`
	// UserClaims are the names of those that the userinfo endpoint was asked to tell.
	UserClaims []string `json:"user_claims,omitempty"`
	// ShowUserClaims says the same in a self-contained token, for the world to see that
	// the user has such a thing.
	ShowUserClaims bool          `json:"show_user_claims,omitempty"`
	Confirmation   *Confirmation `json:"cnf,omitempty"`
	// What an authorization code is bound to.
	RedirectURI string `json:"redirect_uri,omitempty"`
	Challenge   string `json:"challenge,omitempty"` // S256 (RFC 7636, section 4.2)
}

// FamilyID is the identifier of a token that belongs to a family: the tokens that
// came of one authorization, and end together. The family's identifier leads that
// of each token, so a self-contained token needs no record, and no claim of its
// own, to say what it belongs to.
func FamilyID(family, id string) string { return family + id }

// Family returns the identifier of the token's family, "" for a token without one.
func (c *Claims) Family() string {
	if len(c.ID) != 2*IDLength {
		return ""
	}
	return c.ID[:IDLength]
}

// Live reports whether the token has not expired at the time, in seconds since
// 1970. RFC 7519, section 4.1.4: the time MUST be before exp. There is no leeway:
// the issuer's clock is the one that set exp.
func (c *Claims) Live(now int64) bool { return now < c.Expires }

// Application reports whether the token is of the client alone, with no user
// involved: its subject is the client then (RFC 9068, section 2.2).
func (c *Claims) Application() bool { return c.Subject == c.ClientID || c.Subject == "" }

// appendPayload appends the payload that the default profile has.
func (c *Claims) appendPayload(b []byte) []byte { return rfc9068.AppendPayload(b, c) }
