package jwt

import (
	"encoding/base64"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// MaxToken is the number of characters of the longest token that is looked at where
// nothing else is asked for: room for the longest signature, encrypted, with more claims
// than a request header takes at most servers.
const MaxToken = 16 << 10

// compact is the segments of a signed token, still encoded.
type compact struct {
	header, payload, signature string
	input                      string // what is signed: the first two and their dot
}

// RFC 7515, section 7.1: the compact serialization is three base64url strings with
// dots between them. Five are a JWE; braces are the JSON serialization, which RFC
// 7519, section 3, rules out for a JWT.
func splitSigned(token string, limit int) (compact, error) {
	if len(token) > limit {
		return compact{}, claims.Refuse(claims.ReasonTooLong)
	}
	first := strings.IndexByte(token, '.')
	last := strings.LastIndexByte(token, '.')
	if first < 0 || first == last || strings.IndexByte(token[first+1:last], '.') >= 0 {
		return compact{}, claims.Refuse(claims.ReasonMalformed)
	}
	return compact{token[:first], token[first+1 : last], token[last+1:], token[:last]}, nil
}

// encoding is base64url without padding, and without stray bits in the last
// character, so that one token has one spelling (RFC 7515, section 2).
var encoding = base64.RawURLEncoding.Strict()

func decodeSegment(segment string) ([]byte, error) {
	b, err := encoding.DecodeString(segment)
	// The decoder passes over line breaks, which RFC 7515, section 2, doesn't allow.
	if err != nil || encoding.EncodedLen(len(b)) != len(segment) {
		return nil, claims.Refuse(claims.ReasonMalformed)
	}
	return b, nil
}
