package token

// Confirmation binds a token to a key that its sender has to prove (RFC 7800,
// section 3.1).
type Confirmation struct {
	// Certificate is the SHA-256 of the client's certificate, base64url (RFC 8705,
	// section 3.1).
	Certificate string `json:"x5t#S256,omitempty"`
	// Key is the SHA-256 thumbprint of the public key of the client's DPoP proofs,
	// base64url (RFC 9449, section 6.1).
	Key string `json:"jkt,omitempty"`
}

func (c *Confirmation) append(b []byte) []byte {
	b = append(b, '{')
	if c.Certificate != "" {
		b = AppendString(append(b, `"x5t#S256":`...), c.Certificate)
	}
	if c.Key != "" {
		b = AppendString(append(next(b), `"jkt":`...), c.Key)
	}
	return append(b, '}')
}

// TokenType returns how the token is used: "DPoP" when it is bound to the key of a
// proof (RFC 9449, section 5), else "Bearer". RFC 8705 defines no type: a token that
// is bound to a certificate is still a Bearer.
func (c *Claims) TokenType() string {
	if c.More != nil && c.More.Confirmation != nil && c.More.Confirmation.Key != "" {
		return "DPoP"
	}
	return "Bearer"
}
