package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

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

// AppendMembers appends the members that the payload of a token and the answer
// about it have in common, as JSON without the braces.
func (c *Claims) AppendMembers(b []byte) []byte {
	b = appendMember(b, `"iss":`, c.Issuer)
	b = appendMember(b, `,"aud":`, c.Audience)
	b = appendMember(b, `,"sub":`, c.Subject)
	b = appendMember(b, `,"client_id":`, c.ClientID)
	b = appendMember(b, `,"scope":`, c.Scope)
	b = append(b, `,"iat":`...)
	b = strconv.AppendInt(b, c.IssuedAt, 10)
	b = append(b, `,"exp":`...)
	b = strconv.AppendInt(b, c.Expires, 10)
	b = appendMember(b, `,"jti":`, c.ID)
	if c.More == nil {
		return b
	}
	if c.More.Username != "" {
		b = appendMember(b, `,"username":`, c.More.Username)
	}
	if custom := c.More.Custom; len(custom) > len(`{}`) {
		b = append(append(b, ','), custom[1:len(custom)-1]...)
	}
	return b
}

// appendPayload appends the payload of a self-contained token.
//
// RFC 9068, section 2.2: iss, exp, aud, sub, client_id, iat and jti are REQUIRED.
// azp repeats client_id for resource servers that know the client by that name.
func (c *Claims) appendPayload(b []byte) []byte {
	b = c.AppendMembers(append(b, '{'))
	b = appendMember(b, `,"azp":`, c.ClientID)
	return append(b, '}')
}

// parsePayload reads what appendPayload wrote.
func (c *Claims) parsePayload(b []byte) error {
	if err := json.Unmarshal(b, c); err != nil {
		return fmt.Errorf("parse payload: %w", err)
	}
	c.More = nil
	// Written again it is the same, unless it holds more than a plain token does.
	if bytes.Equal(b, c.appendPayload(make([]byte, 0, len(b)))) {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return fmt.Errorf("parse payload: %w", err)
	}
	more := &More{}
	if name, ok := members["username"]; ok {
		if err := json.Unmarshal(name, &more.Username); err != nil {
			return fmt.Errorf("parse payload: username: %w", err)
		}
	}
	for name := range members {
		if Reserved(name) {
			delete(members, name)
		}
	}
	if len(members) > 0 {
		custom, err := json.Marshal(members) // in the order of their names
		if err != nil {
			return fmt.Errorf("parse payload: %w", err)
		}
		more.Custom = custom
	}
	c.More = more
	return nil
}

func appendMember(b []byte, name, value string) []byte {
	return AppendString(append(b, name...), value)
}
