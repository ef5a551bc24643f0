package keys

import (
	"crypto"
	"encoding/base64"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// Key is a signing key, bound to one algorithm for life: the same key under two
// algorithms opens the door to confusing them (RFC 8725, section 3.1).
type Key struct {
	ID        string // the kid: SHA-256 thumbprint of the public key (RFC 7638), base64url
	Algorithm Algorithm
	Private   crypto.Signer
}

// New binds a private key to an algorithm that it fits.
func New(a Algorithm, private crypto.Signer) (*Key, error) {
	k := &Key{Algorithm: a, Private: private}
	if err := k.check(); err != nil {
		return nil, err
	}
	public := jose.JSONWebKey{Key: private.Public()}
	sum, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("thumbprint of %s key: %w", a, err)
	}
	k.ID = base64.RawURLEncoding.EncodeToString(sum)
	return k, nil
}

// check refuses an unknown algorithm and a key of another type, curve or a size
// too small.
func (k *Key) check() error {
	if k.Private == nil {
		return fmt.Errorf("%s key: no private key", k.Algorithm)
	}
	for _, row := range algorithms {
		if row.name != k.Algorithm {
			continue
		}
		if !row.fits(k.Private.Public()) {
			return fmt.Errorf("%s key: a key of %T, or its size, doesn't fit the algorithm", k.Algorithm, k.Private.Public())
		}
		return nil
	}
	return fmt.Errorf("key: unknown algorithm %q", string(k.Algorithm))
}

// JWK is the public half as a JSON Web Key (RFC 7517, section 4).
func (k *Key) JWK() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.Private.Public(), KeyID: k.ID, Algorithm: string(k.Algorithm), Use: "sig"}
}

// String names the key.
func (k *Key) String() string { return fmt.Sprintf("%s key %s", k.Algorithm, k.ID) }

// Format prints the name for every verb, so that no verb reaches the private half.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// MarshalText is the name too: encoders don't reach the private half either.
func (k *Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
