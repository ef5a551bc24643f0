package jwt

import (
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/exactjson"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// header holds the parameters of a JOSE header that are looked at.
type header struct {
	algorithm keys.Algorithm
	keyID     string
	typ       string
	critical  bool // crit is there, whatever its value
	unencoded bool // b64 is there, and isn't true
	zip       bool // is there, whatever its value
}

// maxHeader is the number of bytes of the longest header that is parsed: room for a chain
// of certificates.
const maxHeader = 16 << 10

// RFC 7515, section 4: header parameter names are unique; a header with two of a
// name is refused, as is one whose values have other types than they should.
func decodeHeader(segment string) (h header, err error) {
	if len(segment) > encoding.EncodedLen(maxHeader) {
		return h, claims.Refuse(claims.ReasonTooLong)
	}
	data, err := decodeSegment(segment)
	if err != nil {
		return h, err
	}
	var raw struct {
		Algorithm *string         `json:"alg"`
		KeyID     *string         `json:"kid"`
		Type      *string         `json:"typ"`
		Critical  exactjson.Value `json:"crit"`
		Encoded   exactjson.Value `json:"b64"`
		Zip       exactjson.Value `json:"zip"`
	}
	if exactjson.Unmarshal(data, &raw) != nil || raw.Algorithm == nil {
		return h, claims.Refuse(claims.ReasonMalformed)
	}
	h = header{
		algorithm: keys.Algorithm(*raw.Algorithm),
		critical:  raw.Critical != nil,
		unencoded: raw.Encoded != nil && string(raw.Encoded) != "true",
		zip:       raw.Zip != nil,
	}
	if raw.KeyID != nil {
		h.keyID = *raw.KeyID
	}
	if raw.Type != nil {
		h.typ = *raw.Type
	}
	return h, nil
}

func (v *Verifier) checkHeader(h header) error {
	if err := checkType(h, v.rules.Type); err != nil && !slices.Contains(v.rules.Expect.Accept.Type, h.typ) {
		return err
	}
	if err := checkCritical(h); err != nil {
		return err
	}
	if err := checkEncoded(h); err != nil {
		return err
	}
	return checkAlgorithm(h, v.rules.Algorithms)
}

// RFC 9068, section 4: typ must be at+jwt or application/at+jwt, and tokens with any
// other value are rejected. RFC 7515, section 4.1.9, makes it a media type, whose
// names are compared without regard to case.
func checkType(h header, want string) error {
	const prefix = "application/"
	typ := h.typ
	if len(typ) > len(prefix) && strings.EqualFold(typ[:len(prefix)], prefix) {
		typ = typ[len(prefix):]
	}
	if !strings.EqualFold(typ, want) {
		return claims.Refuse(claims.ReasonType)
	}
	return nil
}

// RFC 7515, section 4.1.11: a token whose crit names an extension that isn't
// understood is rejected. None is understood here, and an empty crit isn't allowed.
func checkCritical(h header) error {
	if h.critical {
		return claims.Refuse(claims.ReasonCritical)
	}
	return nil
}

// RFC 7797, section 7: JWTs don't use b64 with a value of false. That it must be
// listed in crit (section 6) doesn't make it harmless where it isn't.
func checkEncoded(h header) error {
	if h.unencoded {
		return claims.Refuse(claims.ReasonCritical)
	}
	return nil
}

// RFC 8725, section 3.1: only algorithms from the configured list are used, compared
// by exact name; RFC 9068, section 4: none is never among them.
func checkAlgorithm(h header, allowed []keys.Algorithm) error {
	if !slices.Contains(allowed, h.algorithm) {
		return claims.Refuse(claims.ReasonAlgorithm)
	}
	return nil
}

// RFC 8725, section 3.1: a key is used with the algorithm it is for and no other.
func checkKeyAlgorithm(h header, key *Key) error {
	if h.algorithm != key.Algorithm {
		return claims.Refuse(claims.ReasonKeyAlgorithm)
	}
	return nil
}
