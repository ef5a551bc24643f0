package issuer

import (
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"

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
	return keys.GenerateSized(a, sizeOf(a, c.RSABits, nil), rand)
}

// sizeOf returns the size of a new key in bits, 0 for the default: as configured where
// the algorithm leaves it open, else no less than that of the one that it replaces.
func sizeOf(a keys.Algorithm, rsaBits int, replaced *keys.Key) int {
	d, _ := keys.Describe(a)
	if d.Family != keys.RSAPKCS1 && d.Family != keys.RSAPSS {
		return 0
	}
	if rsaBits != 0 || replaced == nil {
		return rsaBits
	}
	public, ok := replaced.Public().(*rsa.PublicKey)
	if !ok {
		return 0
	}
	for _, bits := range d.Bits {
		if bits >= public.N.BitLen() {
			return bits
		}
	}
	return d.Bits[len(d.Bits)-1]
}

// algorithms lists those that a client's tokens or an introspector's answers are signed
// with, in the order of publication.
func (c *Config) algorithms() []keys.Algorithm {
	return slices.DeleteFunc(keys.Algorithms(), func(a keys.Algorithm) bool {
		return !slices.ContainsFunc(c.Clients, func(registered Client) bool { return registered.Form.Algorithm() == a }) &&
			!slices.ContainsFunc(c.introspectors(), func(n Introspector) bool { return n.Sign == a })
	})
}

// newRing returns the keys of the configuration, and one that ends with the issuer
// for each algorithm that has none there.
func (i *Issuer) newRing(c *Config, used []keys.Algorithm) (*keys.Ring, error) {
	if c.KeysFile != "" {
		return i.ringOfFile(c, used)
	}
	made := make([]*keys.Key, len(used))
	for n, a := range used {
		key, err := c.newKey(a, i.rand)
		if err != nil {
			return nil, err
		}
		made[n] = key
	}
	return keys.NewRing(made...)
}
