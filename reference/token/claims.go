package token

import "strconv"

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
	return appendMember(b, `,"jti":`, c.ID)
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

func appendMember(b []byte, name, value string) []byte {
	return AppendString(append(b, name...), value)
}
