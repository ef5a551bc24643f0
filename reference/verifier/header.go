package verifier

import (
	"encoding/base64"
	"slices"
	"strings"
)

// header holds the parameters of a JOSE header that are looked at.
type header struct {
	Algorithm text     `json:"alg"`
	KeyID     text     `json:"kid"`
	Type      text     `json:"typ"`
	Critical  critical `json:"crit"`
}

// critical is whether the parameter is there, whatever its value.
type critical bool

func (c *critical) UnmarshalJSON([]byte) error { *c = true; return nil }

// RFC 7515, section 7.1: the compact serialization is three base64url strings with
// dots between them. Five are a JWE, and braces the JSON serialization, which RFC
// 7519, section 3 rules out for a JWT.
func checkCompact(token string) error {
	dots := 0
	for i := range len(token) {
		switch c := token[i]; {
		case c == '.':
			dots++
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return refuse(ReasonMalformed)
		}
	}
	if dots != 2 {
		return refuse(ReasonMalformed)
	}
	return nil
}

// RFC 7515, section 4: header parameter names are unique; a header with two of a
// name is refused.
func decodeHeader(token string) (header, error) {
	segment, _, _ := strings.Cut(token, ".")
	// RFC 7515, section 2: no padding and, strictly, no stray bits in the last character.
	data, err := base64.RawURLEncoding.Strict().DecodeString(segment)
	var h header
	if err != nil || decodeStrict(data, &h) != nil {
		return header{}, refuse(ReasonMalformed)
	}
	return h, nil
}

// RFC 9068, section 4: typ must be at+jwt or application/at+jwt, and tokens with any
// other value are rejected. RFC 7515, section 4.1.9 makes it a media type, whose
// names are compared without regard to case.
func checkType(h header) error {
	if !strings.EqualFold(h.Type.value, "at+jwt") && !strings.EqualFold(h.Type.value, "application/at+jwt") {
		return refuse(ReasonType)
	}
	return nil
}

// RFC 7515, section 4.1.11: a token whose crit names an extension that isn't
// understood is rejected. None is understood here, and an empty crit isn't allowed.
func checkCritical(h header) error {
	if h.Critical {
		return refuse(ReasonCritical)
	}
	return nil
}

// RFC 8725, section 3.1: only algorithms from the configured list are used, compared
// by exact name; RFC 9068, section 4: none is never among them.
func checkAlgorithm(h header, allowed []string) error {
	if !slices.Contains(allowed, h.Algorithm.value) {
		return refuse(ReasonAlgorithm)
	}
	return nil
}

// RFC 8725, section 3.1: a key is used with the algorithm it is for and no other.
func checkKeyAlgorithm(h header, key verificationKey) error {
	if h.Algorithm.value != key.algorithm {
		return refuse(ReasonKeyAlgorithm)
	}
	return nil
}
