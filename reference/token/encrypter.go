package token

import (
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// Encrypter hides what signed tokens say from all but one resource server. It may
// be used concurrently. Its randomness is the system's.
type Encrypter struct {
	recipient recipient
	jose      jose.Encrypter
}

// NewEncrypter makes an encrypter of the resource server's JWK: a public key, or
// the shared one. alg is one of [KeyManagements], enc one of [ContentEncryptions].
func NewEncrypter(alg, enc string, jwk []byte) (*Encrypter, error) {
	r, err := newRecipient(alg, enc, jwk)
	if err != nil {
		return nil, fmt.Errorf("encrypter: %w", err)
	}
	// RFC 7519, section 5.2: cty MUST be present when the content is a JWT, as "JWT".
	// No zip: what is compressed before it is encrypted gives away by its length what
	// it repeats (RFC 8725, section 3.6).
	options := (&jose.EncrypterOptions{Compression: jose.NONE}).WithContentType("JWT")
	e, err := jose.NewEncrypter(r.enc.name, jose.Recipient{Algorithm: r.alg.name, Key: r.public(), KeyID: r.kid}, options)
	if err != nil {
		return nil, fmt.Errorf("encrypter for %s with %s: %w", alg, enc, err)
	}
	return &Encrypter{r, e}, nil
}

// Encrypt wraps a signed token in a JWE in compact form (RFC 7516, section 7.1).
func (e *Encrypter) Encrypt(signed string) (string, error) {
	object, err := e.jose.Encrypt([]byte(signed))
	if err != nil {
		return "", fmt.Errorf("encrypt token with %s: %w", e.recipient.alg.name, err)
	}
	tok, err := object.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("encrypt token with %s: %w", e.recipient.alg.name, err)
	}
	return tok, nil
}

// Algorithms returns the alg and enc of what it makes.
func (e *Encrypter) Algorithms() (alg, enc string) {
	return string(e.recipient.alg.name), string(e.recipient.enc.name)
}
