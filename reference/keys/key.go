package keys

import (
	"bytes"
	"crypto"
	"fmt"
)

// Key is a signing key, bound to one algorithm for life: the same key under two
// algorithms opens the door to confusing them (RFC 8725, section 3.1).
type Key struct {
	// ID is the kid: the SHA-256 thumbprint of the public key (RFC 7638), base64url.
	// That of an HMAC key is a MAC by the key, which tells no more than a token does.
	ID        string
	Algorithm Algorithm
	Private   crypto.Signer // nil for an HMAC key

	secret []byte // of an HMAC key
}

// New binds a private key to an algorithm that it fits.
func New(a Algorithm, private crypto.Signer) (*Key, error) {
	k := &Key{Algorithm: a, Private: private}
	if err := k.check(); err != nil {
		return nil, err
	}
	id, err := Thumbprint(a, k.Public())
	if err != nil {
		return nil, fmt.Errorf("thumbprint of %s key: %w", a, err)
	}
	k.ID = id
	return k, nil
}

// NewSecret binds a shared secret to an HMAC algorithm that it is long enough for.
func NewSecret(a Algorithm, secret []byte) (*Key, error) {
	k := &Key{Algorithm: a, secret: bytes.Clone(secret)}
	if err := k.check(); err != nil {
		return nil, err
	}
	k.ID = secretID(k.secret)
	return k, nil
}

// check refuses an unknown algorithm and a key of another type, curve or a size
// too small.
func (k *Key) check() error {
	d, ok := Describe(k.Algorithm)
	switch {
	case !ok:
		return fmt.Errorf("key: unknown algorithm %q", string(k.Algorithm))
	case d.Shared() && (k.Private != nil || !d.fits(k.secret)):
		return fmt.Errorf("%s key: it has to be a secret of at least %d bits", k.Algorithm, d.Bits[0])
	case d.Shared():
		return nil
	case k.Private == nil:
		return fmt.Errorf("%s key: no private key", k.Algorithm)
	case !d.fits(k.Private.Public()):
		return fmt.Errorf("%s key: a key of %T, or its size, doesn't fit the algorithm", k.Algorithm, k.Private.Public())
	}
	return nil
}

// Public is the half that verifies, nil for an HMAC key.
func (k *Key) Public() crypto.PublicKey {
	if k.Private == nil {
		return nil
	}
	return k.Private.Public()
}

// Secret is a copy of an HMAC key, for those who share it; nil for any other key.
func (k *Key) Secret() []byte { return bytes.Clone(k.secret) }

// String names the key.
func (k *Key) String() string { return fmt.Sprintf("%s key %s", k.Algorithm, k.ID) }

// Format prints the name for every verb, so that no verb reaches the private half.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// MarshalText is the name too: encoders don't reach the private half either.
func (k *Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
