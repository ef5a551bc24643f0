package issuer

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// validateKeys checks what is said of the keys that sign.
func (c *Config) validateKeys() error {
	switch c.RSABits {
	case 0, 2048, 3072, 4096:
	default:
		return errors.New("rsa_bits: none of 2048, 3072, 4096")
	}
	for a := range c.HMACKeys {
		if d, ok := keys.Describe(a); !ok || !d.Shared() {
			return errors.New("hmac_keys: not for an algorithm other than HS256, HS384 and HS512")
		}
		if _, err := c.hmacKey(a); err != nil {
			return err
		}
	}
	return nil
}

// hmacKey is the configured key of an algorithm. No specification says how a resource
// server gets a key that it shares with the issuer, which must not be published: here
// both are configured with it.
func (c *Config) hmacKey(a keys.Algorithm) (*keys.Key, error) {
	raw, err := base64.RawURLEncoding.DecodeString(string(c.HMACKeys[a]))
	if err != nil { // the decoder's message tells a byte of it
		return nil, fmt.Errorf("hmac_keys: %s: not base64url without padding", a)
	}
	key, err := keys.NewSecret(a, raw)
	if err != nil {
		return nil, fmt.Errorf("hmac_keys: %w", err)
	}
	return key, nil
}

// newKey makes the key that signs with an algorithm, unless it is configured.
func (c *Config) newKey(a keys.Algorithm, rand io.Reader) (*keys.Key, error) {
	if _, ok := c.HMACKeys[a]; ok {
		return c.hmacKey(a)
	}
	bits := 0
	if d, _ := keys.Describe(a); d.Family == keys.RSAPKCS1 || d.Family == keys.RSAPSS {
		bits = c.RSABits
	}
	return keys.GenerateSized(a, bits, rand)
}
