package jwt

import (
	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/token"
)

// RFC 9068, section 4: the signature of every token is validated, by the algorithm
// of its header and a key that the issuer published.
func checkSignature(parts compact, key *Key) error {
	signature, err := decodeSegment(parts.signature)
	if err != nil {
		return err
	}
	if !token.SignatureValid(key.Algorithm, key.Public, parts.input, signature) {
		return claims.Refuse(claims.ReasonSignature)
	}
	return nil
}

// CheckJWS checks the signature of any JWS in compact form by one key, which pins the
// algorithm, and returns the payload. It is for the other things that an issuer signs
// for a resource server: status lists, introspection answers. Their typ, in lower
// case and without "application/", is required (RFC 8725, section 3.11).
func CheckJWS(text, typ string, key *Key) ([]byte, error) {
	parts, err := splitSigned(text, MaxToken)
	if err != nil {
		return nil, err
	}
	h, err := decodeHeader(parts.header)
	if err != nil {
		return nil, err
	}
	for _, check := range []error{checkType(h, typ), checkCritical(h), checkEncoded(h), checkKeyAlgorithm(h, key), checkSignature(parts, key)} {
		if check != nil {
			return nil, check
		}
	}
	return decodeSegment(parts.payload)
}
