package jwt

import "github.com/oauthmark/oauthmark/reference/claims"

// Decrypter opens a token that is encrypted to the resource server, and returns the
// signed one inside; reference/token has one. It refuses compression, passwords and
// every algorithm but its own (RFC 8725, sections 3.2 and 3.6).
type Decrypter interface {
	Decrypt(token string) (signed string, err error)
}

// RFC 9068, section 4: where encryption was negotiated, tokens that aren't encrypted
// SHOULD be rejected. That a token could be decrypted says nothing of who made it: the
// signature is checked all the same (RFC 8725, section 3.3).
func (v *Verifier) decrypt(token string) (string, error) {
	if len(token) > v.rules.MaxToken {
		return "", claims.Refuse(claims.ReasonTooLong)
	}
	for _, d := range v.rules.Decrypt {
		if signed, err := d.Decrypt(token); err == nil {
			return signed, nil
		}
	}
	return "", claims.Refuse(claims.ReasonEncryption)
}
