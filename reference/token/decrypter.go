package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// ErrDecrypt is the answer to every token that can't be decrypted: why would tell
// an attacker which step failed (RFC 7516, section 11.5).
var ErrDecrypt = errors.New("token can't be decrypted")

// Decrypter is the resource server's side of an [Encrypter]. It may be used
// concurrently.
type Decrypter struct{ recipient recipient }

// NewDecrypter makes a decrypter of the resource server's JWK: the private key, or
// the shared one. Tokens with another alg or enc are refused.
func NewDecrypter(alg, enc string, jwk []byte) (*Decrypter, error) {
	r, err := newRecipient(alg, enc, jwk)
	if err != nil {
		return nil, fmt.Errorf("decrypter: %w", err)
	}
	if !r.decrypts() {
		return nil, fmt.Errorf("decrypter for %s: the JWK has no private key", alg)
	}
	return &Decrypter{r}, nil
}

// Decrypt returns the signed token inside. That it could be decrypted says nothing
// about who made it: anyone may encrypt to a public key, so the signature has to be
// verified all the same.
func (d *Decrypter) Decrypt(token string) (signed string, err error) {
	if len(token) > MaxEncrypted {
		return "", ErrMalformed
	}
	parts := strings.Split(token, ".")
	if len(parts) != 5 {
		return "", ErrMalformed
	}
	for _, part := range parts {
		raw, err := encoding.DecodeString(part)
		if err != nil || encoding.EncodedLen(len(raw)) != len(part) {
			return "", ErrMalformed
		}
	}
	if err := d.checkHeader(parts[0]); err != nil {
		return "", err
	}
	object, err := jose.ParseEncryptedCompact(token,
		[]jose.KeyAlgorithm{d.recipient.alg.name}, []jose.ContentEncryption{d.recipient.enc.name})
	if err != nil {
		return "", ErrMalformed
	}
	content, err := object.Decrypt(d.recipient.key)
	if err != nil {
		return "", ErrDecrypt
	}
	return string(content), nil
}

// checkHeader refuses a header with any member that an Encrypter doesn't write, and
// any other value of alg, enc, cty and kid. So nothing is decompressed (zip), no
// password is stretched (p2c), no key is fetched (jku) and no extension is critical,
// before any of it is looked at.
func (d *Decrypter) checkHeader(part string) error {
	raw, err := encoding.DecodeString(part)
	if err != nil {
		return ErrMalformed
	}
	var header map[string]json.RawMessage
	if err := json.Unmarshal(raw, &header); err != nil {
		return ErrMalformed
	}
	want := map[string]string{"alg": string(d.recipient.alg.name), "enc": string(d.recipient.enc.name), "cty": "JWT"}
	if d.recipient.kid != "" {
		want["kid"] = d.recipient.kid
	}
	for name, value := range want {
		var got string
		if json.Unmarshal(header[name], &got) != nil || got != value {
			return ErrHeader
		}
	}
	for name := range header {
		if _, ok := want[name]; !ok && !slices.Contains(d.recipient.alg.members, name) {
			return ErrHeader
		}
	}
	return nil
}
