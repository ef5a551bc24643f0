package keys

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// Ring is a set of signing keys. It doesn't change, so it may be used concurrently.
type Ring struct {
	keys []*Key
}

// NewRing collects keys, in the order of preference for signing. A key that
// doesn't fit its algorithm, or a kid that occurs twice, is an error.
func NewRing(keys ...*Key) (*Ring, error) {
	seen := make(map[string]bool, len(keys))
	for _, k := range keys {
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("key ring: %w", err)
		}
		if k.ID == "" {
			return nil, fmt.Errorf("key ring: %s key has no id", k.Algorithm)
		}
		// RFC 7517, section 4.5: keys in a set SHOULD have distinct kid values.
		if seen[k.ID] {
			return nil, fmt.Errorf("key ring: id %s occurs twice", k.ID)
		}
		seen[k.ID] = true
	}
	return &Ring{keys: slices.Clone(keys)}, nil
}

// All lists the keys in the order in which they were given.
func (r *Ring) All() []*Key { return slices.Clone(r.keys) }

// ByAlgorithm returns the key to sign with: the first one of the algorithm.
func (r *Ring) ByAlgorithm(a Algorithm) (*Key, bool) {
	return r.find(func(k *Key) bool { return k.Algorithm == a })
}

// ByID returns the key that a token's kid names.
func (r *Ring) ByID(kid string) (*Key, bool) {
	return r.find(func(k *Key) bool { return k.ID == kid })
}

// find scans: a ring holds a handful of keys.
func (r *Ring) find(match func(*Key) bool) (*Key, bool) {
	i := slices.IndexFunc(r.keys, match)
	if i < 0 {
		return nil, false
	}
	return r.keys[i], true
}

// JWKS is the public JWK Set as JSON (RFC 7517, section 5), the same bytes each time.
func (r *Ring) JWKS() ([]byte, error) {
	// The keys member is REQUIRED, so an empty ring has an empty array, not null.
	set := jose.JSONWebKeySet{Keys: make([]jose.JSONWebKey, 0, len(r.keys))}
	for _, k := range r.keys {
		set.Keys = append(set.Keys, k.JWK())
	}
	b, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("encode jwk set: %w", err)
	}
	return b, nil
}
