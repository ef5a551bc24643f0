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
