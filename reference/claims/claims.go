package claims

import "time"

// Claims is what a token says. The zero value of a member is that of one that isn't
// there: an empty string that is there is refused by [Decode] where it would matter.
type Claims struct {
	Issuer    string
	Subject   string
	ClientID  string
	ID        string   // jti
	Scope     string   // space-delimited, as the issuer wrote it
	Audience  []string // nil when there is none
	ExpiresAt time.Time
	NotBefore time.Time
	IssuedAt  time.Time

	// Confirmation is what the sender has to prove; nil for a bearer token.
	Confirmation *Confirmation
	// Status is the token's place in a Token Status List; nil without one.
	Status *Status
	// NotAccess is set by an introspection answer about another kind of token.
	NotAccess bool
}

// Confirmation is the cnf of a token (RFC 7800, section 3.1). A member that isn't
// understood can't be proved: see [Confirmation.Understood].
type Confirmation struct {
	Thumbprint  string // jkt: of the key that proofs are signed with (RFC 9449, section 6)
	Certificate string // x5t#S256: of the client's certificate (RFC 8705, section 3.1)
	Unknown     bool   // there is a member of another name
}

// Status says where a token's status is (draft-ietf-oauth-status-list, section 6).
type Status struct {
	Index int64  // idx, not negative
	URI   string // of the list
}

// HasScope reports whether the scope-token is one of those granted. They are
// compared as they are (RFC 6749, section 3.3).
func (c *Claims) HasScope(want string) bool {
	for rest := c.Scope; rest != ""; {
		var one string
		if i := indexSpace(rest); i >= 0 {
			one, rest = rest[:i], rest[i+1:]
		} else {
			one, rest = rest, ""
		}
		if one == want {
			return true
		}
	}
	return false
}

func indexSpace(s string) int {
	for i := range len(s) {
		if s[i] == ' ' {
			return i
		}
	}
	return -1
}
